/** Where in the terminal UI a person is. */

export type Place =
  | { readonly view: 'home' | 'projects' | 'queue' | 'costs' | 'channels' }
  | { readonly view: 'project'; readonly id: string; readonly round?: number }
  | { readonly view: 'run'; readonly id: string; readonly project: string }
  | { readonly view: 'request'; readonly id: string };

export const HOME: Place = { view: 'home' };

/** After `g`. */
export const PLACES: Readonly<Record<string, Place>> = {
  h: HOME,
  p: { view: 'projects' },
  q: { view: 'queue' },
  c: { view: 'costs' },
  n: { view: 'channels' },
  m: { view: 'channels' },
};

const NAMES: Readonly<Record<Place['view'], string>> = {
  home: 'Home',
  projects: 'Projects',
  queue: 'Queue',
  costs: 'Costs',
  channels: 'Channels',
  project: 'Project',
  run: 'Live',
  request: 'Claude asks',
};

export function nameOf({ view }: Place): string {
  return NAMES[view];
}

/** Names it: two places of the same name are the same. */
export function keyOf(place: Place): string {
  return JSON.stringify(place);
}
