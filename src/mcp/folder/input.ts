/** Arguments of the tools of the folder. Their limits are checked, but not listed: every word of a schema costs tokens. */
import * as z from 'zod';

export function wholeNumber(most: number) {
  return z
    .number()
    .refine(
      (value) => Number.isInteger(value) && value >= 0 && value <= most,
      `must be a whole number from 0 to ${most}`,
    );
}

/** One at least. */
export function someOf<T extends z.ZodType>(item: T, most: number) {
  return z
    .array(item)
    .refine(({ length }) => length >= 1 && length <= most, `must be a list of 1 to ${most}`);
}
