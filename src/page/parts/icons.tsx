/** Signs, drawn by hand on a grid of 24. */
const PATHS = {
  home: 'M4 11 12 4l8 7v9h-5v-6H9v6H4z',
  projects: 'M4 6h16M4 12h16M4 18h10',
  queue: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 4v4l3 2',
  costs: 'M5 20V11m5 9V5m5 15v-7m5 7V8',
  channels: 'M4 5h12v8H9l-3 3v-3H4zm14 4h2v8h-2v3l-3-3h-4v-2',
  settings: 'M4 8h9m5 0h2M4 16h2m5 0h9M15.500 5.500v5M8.500 13.500v5',
  passed: 'm5 12.500 4.500 4.500L19 7.500',
  failed: 'm6 6 12 12M18 6 6 18',
  warning: 'M12 4 3 19h18zm0 6v4m0 2.500v.5',
  question: 'M8.500 9a3.500 3.500 0 1 1 5 3.200c-1 .5-1.500 1-1.500 2.300m0 3v.5',
  open: 'm9 5 7 7-7 7',
  back: 'm15 5-7 7 7 7',
  fold: 'm6 9 6 6 6-6',
} as const;

export type IconName = keyof typeof PATHS;

/** Never alone: words beside it say the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
