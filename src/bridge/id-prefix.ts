/** Ids are long: a person names one by its first characters. */
import { ok, type Result, refuse } from '../result.ts';

const MIN_PREFIX_LENGTH = 4;
const MAX_EXAMPLES = 3;

export interface PrefixSearch<Id extends string> {
  /** What the ids are of, in the plural. */
  readonly things: string;
  /** The refusal of a text that names none. */
  unknown(text: string): string;
  /** Ids that begin with this, at most `limit`. */
  find(prefix: string, limit: number): Promise<readonly Id[]>;
}

/** The one id that `text`, an id or its first characters, names. */
export async function resolvePrefix<Id extends string>(
  text: string,
  { things, unknown, find }: PrefixSearch<Id>,
): Promise<Result<Id>> {
  const prefix = text.trim().toLowerCase();
  if (!/^[0-9a-f]{1,12}$/.test(prefix)) return refuse(unknown(text));
  if (prefix.length < MIN_PREFIX_LENGTH)
    return refuse(`'${prefix}' is too short for an id: give at least ${MIN_PREFIX_LENGTH} characters.`);
  const [id, ...others] = await find(prefix, MAX_EXAMPLES + 1);
  if (id === undefined) return refuse(unknown(text));
  if (others.length === 0) return ok(id);
  const examples = [id, ...others].slice(0, MAX_EXAMPLES).join(', ');
  const more = others.length >= MAX_EXAMPLES ? ', …' : '';
  return refuse(`'${prefix}' fits several ${things} (${examples}${more}): give more of it.`);
}
