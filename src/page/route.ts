/** Where in the page a person is: the part of the address behind `#`, which no server sees. */
import { computed, signal } from '@preact/signals';

const hash = signal(location.hash);

export type Place =
  | { readonly view: 'home' | 'projects' | 'queue' | 'costs' | 'settings' | 'send' }
  | { readonly view: 'channels'; readonly channel: string | undefined; readonly message: string | undefined }
  | { readonly view: 'project'; readonly id: string; readonly round: number | undefined }
  | { readonly view: 'nowhere' };

/** Where the person is. */
export const place = computed<Place>(() => placeOf(hash.value));

export function placeOf(address: string): Place {
  const [first = '', second, third] = address.replace(/^#\/?/, '').split('/');
  if (first === '') return { view: 'home' };
  if (first === 'p' && second !== undefined) {
    const round = /^r(\d+)$/.exec(third ?? '')?.[1];
    return { view: 'project', id: second, round: round === undefined ? undefined : Number(round) };
  }
  if (first === 'channels') {
    const [channel, message] = [decoded(second), decoded(third)];
    return { view: 'channels', channel, message };
  }
  const views = ['projects', 'queue', 'costs', 'settings', 'send'] as const;
  const view = views.find((name) => name === first);
  return { view: view ?? 'nowhere' };
}

/** What cannot be read is nothing. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part) || undefined;
  } catch {
    return undefined;
  }
}

export function startRouting(): void {
  addEventListener('hashchange', readAddress);
}

/** Looks at the address again: a change that leaves no trace in the history is told to nobody. */
export function readAddress(): void {
  hash.value = location.hash;
}

export function goTo(address: string): void {
  location.hash = address;
}

/** Of all channels, of one, or of one message in it. */
export function channelAddress(...parts: readonly string[]): string {
  return ['#/channels', ...parts.map(encodeURIComponent)].join('/');
}

export function projectAddress(id: string, round?: number): string {
  return `#/p/${id}${round === undefined ? '' : `/r${round}`}`;
}
