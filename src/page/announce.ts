/** What a screen reader is told: decisions, and that the connection is lost or back. Nothing else. */
import { signal } from '@preact/signals';

export const announcement = signal('');

export function announce(sentence: string): void {
  announcement.value = sentence;
}
