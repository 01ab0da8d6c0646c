/** Where in the page a person is: the part of the address behind `#`, which no server sees. */
import { computed, signal } from '@preact/signals';

const hash = signal(location.hash);

export type Place =
  | { readonly view: 'home' | 'projects' | 'queue' | 'costs' | 'settings' | 'send' }
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
  const views = ['projects', 'queue', 'costs', 'settings', 'send'] as const;
  const view = views.find((name) => name === first);
  return { view: view ?? 'nowhere' };
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

export function projectAddress(id: string, round?: number): string {
  return `#/p/${id}${round === undefined ? '' : `/r${round}`}`;
}
