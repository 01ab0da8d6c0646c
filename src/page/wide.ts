/** Whether there is room for a list beside what was chosen in it. The styles have the same width. */
import { signal } from '@preact/signals';

const query = matchMedia('(min-width: 1100px)');

export const isWide = signal(query.matches);

query.addEventListener('change', ({ matches }) => {
  isWide.value = matches;
});
