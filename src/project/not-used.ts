import { asCode } from './quotation.ts';

/** A note on keys of a front matter that are not ours, in one line; undefined without any. */
export function describeNotUsed(keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  const more = keys.length > MAX_KEYS ? ` and ${keys.length - MAX_KEYS} more` : '';
  const named = keys.slice(0, MAX_KEYS).map(shown).join(', ');
  return `Of the front matter not used: ${named}${more}. Claude reads it with the plan.`;
}

const MAX_KEYS = 10;

/** What is no plain word could be a sentence that looks like ours. */
function shown(key: string): string {
  return /^[\p{L}\p{N}_.-]+$/u.test(key) ? key : asCode(key);
}
