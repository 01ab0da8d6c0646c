/** Figures and words as a person reads them. */
import { dollars } from '../project/costs.ts';

const MAX_FOLDERS = 4;

/** `1 file`, `7 files`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `$0.84`, and what is not in it: `$0.84 and 2 runs without a figure`. */
export function spentText(usd: number, unknown: number): string {
  return unknown === 0 ? dollars(usd) : `${dollars(usd)} and ${plural(unknown, 'run')} without a figure`;
}

/** `2.1 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return plural(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(0)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `~/code/shop`; of a long path the last folders, which tell one from another. */
export function folderText(path: string): string {
  const home = path.replace(/^\/(?:home|Users)\/[^/]+/, '~').replace(/^\/root(?=\/|$)/, '~');
  const parts = home.split('/');
  return parts.length > MAX_FOLDERS ? `…/${parts.slice(-2).join('/')}` : home;
}

/** Who decided: `you` would be a guess, a name is none. */
export function actorText(actor: string): string {
  if (actor === 'person') return 'the command line';
  if (actor === 'desktop') return 'Claude Desktop';
  return actor.replace(/^person: /, '');
}
