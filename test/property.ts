/**
 * Promises about any value at all, tried on values made by chance. A failure names the smallest value found and the seed;
 * `PROPERTY_SEED=<seed> npx vitest run FILE` tries the same values again; `PROPERTY_RUNS=<number>` tries more.
 */
import * as fc from 'fast-check';

const { PROPERTY_SEED: seed, PROPERTY_RUNS: runs = 500 } = process.env;

fc.configureGlobal({
  numRuns: Number(runs),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});

/** Texts as JavaScript has them: any code units, halves of characters included. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
      { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(' ', '\n', '\r\n', '\t', '"', "'", '`', '\\', '%', '$', '=', '#'),
      },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
      },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Texts as files and terminals have them: whole characters. */
export const wholeText: fc.Arbitrary<string> = anyText.map((text) => text.toWellFormed());

export { fc };
