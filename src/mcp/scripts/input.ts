/** Arguments of these tools. Their limits are checked, but not listed: every word of a schema costs tokens. */
import * as z from 'zod';
import { SCRIPT_LIMITS } from '../../project/script.ts';

export const positive = z.number().refine((value) => value > 0, 'must be more than 0');

export const seconds = z.number().refine((value) => value >= 0, 'must be a number of seconds');

export const key = z
  .string()
  .refine(({ length }) => length <= SCRIPT_LIMITS.key, `must be at most ${SCRIPT_LIMITS.key} characters`);

export const reason = z
  .string()
  .refine(
    ({ length }) => length <= SCRIPT_LIMITS.reason,
    `must be at most ${SCRIPT_LIMITS.reason} characters`,
  );
