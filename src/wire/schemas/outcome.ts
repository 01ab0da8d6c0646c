/** How a run ended. What belongs to each kind is derived from the declaration of the kinds. */
import * as z from 'zod';
import { type Outcome, outcomeKinds } from '../../project/outcome.ts';
import { type SnakeCase, snakeCase } from '../../snake-case.ts';
import { count, time, usd } from './scalars.ts';

export type WireOutcome = Renamed<Outcome>;

type Renamed<Kind> = Kind extends unknown ? { -readonly [K in keyof Kind as SnakeCase<K>]: Kind[K] } : never;

const KINDS = outcomeKinds({
  message: z.string().describe('what the system, Claude or the service said'),
  time: time(),
  count: count(),
  int: z.int(),
  usd: usd(),
});

const schema = z
  .discriminatedUnion('kind', [
    strictly(KINDS[0].shape),
    ...KINDS.slice(1).map(({ shape }) => strictly(shape)),
  ])
  .describe('How a run ended: its kind, and the facts that belong to it.');

/** How a run ended: its kind, and the facts that belong to it. */
// The compiler does not follow the names through the loop.
export const outcomeSchema = schema as unknown as z.ZodType<WireOutcome>;

function strictly(shape: z.ZodRawShape) {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([name, fact]) => [snakeCase(name), fact])),
  );
}
