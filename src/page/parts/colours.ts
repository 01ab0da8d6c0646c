/** The colours of code. What finds them is loaded when the first code is shown; until then it is shown without. */
import { signal } from '@preact/signals';

type Colours = typeof import('./tokens.ts');

export const colours = signal<Colours | undefined>(undefined);

/** Without them nothing is missing but the colours. */
export async function loadColours(): Promise<void> {
  colours.value ??= await import('./tokens.ts').catch(() => undefined);
}
