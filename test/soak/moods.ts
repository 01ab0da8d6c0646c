/** What the work of a round is like for the owner's checks: red at first, and sound after so many repairs. */
import { randomStream } from './random.ts';

/** As the shell finds them; there is one for each project. */
export const MOOD_FILES = 'soak-*.mood';

export function moodFile(tag: string): string {
  return `soak-${tag}.mood`;
}

/** How often the work of a round is submitted red; at times more often than there are repairs. Later ones are sound. */
function redSubmissions(seed: number, tag: string, round: number): number {
  if (round > 2) return 0;
  return Number(randomStream(seed, `moods ${tag} ${round}`).weighted({ '0': 6, '1': 4, '2': 1, '3': 1 }));
}

/** What the model writes into its mood file before it submits the round for this time, from 0. */
export function moodOf(seed: number, tag: string, round: number, attempt: number): string {
  const mood = attempt < redSubmissions(seed, tag, round) ? 'red' : 'sound';
  return `${mood} soak-attempt-${tag}-${round}-${attempt}`;
}

/** Whether the project's work is red by intention when it is submitted for this time. */
export function isRed(seed: number, tag: string, round: number, attempt: number): boolean {
  return attempt < redSubmissions(seed, tag, round);
}

/** The newest submission of a round that the owner's checks have told the model about; undefined when they have not. */
export function toldAttempt(said: string, tag: string, round: number): number | undefined {
  const told = [...said.matchAll(/soak-attempt-(\w+)-(\d+)-(\d+)/g)].filter(
    ([, whose, which]) => whose === tag && Number(which) === round,
  );
  return told.length === 0 ? undefined : Math.max(...told.map(([, , , attempt]) => Number(attempt)));
}
