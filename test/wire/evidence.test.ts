import { expect, expectTypeOf, test } from 'vitest';
import type { Evidence } from '../../src/project/evidence.ts';
import type { SnakeCase } from '../../src/snake-case.ts';
import { toWireEvidence } from '../../src/wire/evidence.ts';
import { evidenceSchema, type WireEvidence } from '../../src/wire/schemas/evidence.ts';
import { sampleEvidence } from '../evidence-sample.ts';

/** The names at every depth, and what they hold. */
type Outside<Value> = Value extends readonly (infer Element)[]
  ? Outside<Element>[]
  : Value extends object
    ? {
        -readonly [Name in keyof Value as Name extends string ? SnakeCase<Name> : never]: Outside<
          Value[Name]
        >;
      }
    : Value;

test('evidence has the same fields inside and outside, at every depth', () => {
  expectTypeOf<WireEvidence>().toEqualTypeOf<Outside<Evidence>>();
});

test.for([
  ['of a repository', {}],
  ['of a folder without git', { git: null, snapshot: { baseTree: 'd'.repeat(40), tree: 'e'.repeat(40) } }],
  [
    'of a round that was not measured',
    { measured: false, cause: { kind: 'git_failed' as const, detail: 'no' }, git: null, diff: null },
  ],
  [
    'of a round that was not reviewed',
    {
      review: {
        model: 'opus',
        cause: {
          kind: 'ended' as const,
          outcome: { kind: 'usage_limit' as const, limit: 'five_hour', resetsAt: '2026-11-30T12:00:00.000Z' },
        },
        findings: [],
        costUsd: null,
      },
    },
  ],
] as const)('evidence %s leaves with names as in SQL', ([, facts]) => {
  const wire = toWireEvidence(sampleEvidence(facts));
  expect(evidenceSchema.parse(wire)).toEqual(wire);
  const names = JSON.stringify(wire).match(/"\w+":/g) ?? [];
  expect(names.filter((name) => /[A-Z]/.test(name))).toEqual([]);
});
