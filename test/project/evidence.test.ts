import { expect, test } from 'vitest';
import {
  type CheckResult,
  type Evidence,
  evidenceSchema,
  UNMEASURED_CAUSES,
  UNREVIEWED_CAUSES,
  type Unreviewed,
} from '../../src/project/evidence.ts';
import { partsOf } from '../../src/project/evidence-parts.ts';
import { describeUnreviewed, figuresOf, summarizeEvidence } from '../../src/project/evidence-text.ts';
import { baseOf, havePassed, isClean, treeOf } from '../../src/project/measured.ts';
import { describeUnmeasured } from '../../src/project/unmeasured-text.ts';
import { describeWarning, WARNING_KINDS } from '../../src/project/warning.ts';
import { sampleEvidence } from '../evidence-sample.ts';

const CLEAN: Partial<Evidence> = {
  claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
  warnings: [],
  checks: [],
  checksPassed: null,
};

test('evidence is read from the store as it was made', () => {
  const evidence = sampleEvidence();
  expect(evidenceSchema().parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
});

test('evidence of another version is not taken for this one', () => {
  expect(evidenceSchema().safeParse({ ...sampleEvidence(), version: 2 }).success).toBe(false);
});

test('a decision is bound to the tree of the repository, or of the snapshot of a folder without git', () => {
  const evidence = sampleEvidence();
  expect(treeOf(evidence)).toBe(evidence.git?.tree);
  expect(baseOf(evidence)).toBe(evidence.git?.baseOid);
  const snapshot = { baseTree: 'd'.repeat(40), tree: 'e'.repeat(40) };
  expect([treeOf({ git: null, snapshot }), baseOf({ git: null, snapshot })]).toEqual([
    snapshot.tree,
    snapshot.baseTree,
  ]);
  expect([treeOf({ git: null, snapshot: null }), baseOf({ git: null, snapshot: null })]).toEqual([
    null,
    null,
  ]);
});

const OBJECTING = {
  model: 'opus',
  cause: null,
  findings: [
    { severity: 'note', text: 'fine' },
    { severity: 'blocking', path: 'a.ts', text: 'it loses data' },
  ],
  costUsd: 0.02,
} as const;

const UNREVIEWED: readonly Unreviewed[] = UNREVIEWED_CAUSES.map((kind) => {
  if (kind === 'held') return { kind, holds: ['paused'] };
  return kind === 'ended' ? { kind, outcome: { kind: 'no_review' } } : { kind };
});

test.for<Partial<Evidence>>([
  { measured: false },
  { checksPassed: false },
  { warnings: [{ kind: 'refs_moved', paths: [], detail: '' }] },
  { claims: { missing: [], undeclared: ['a'], misfiled: [], ignored: [] } },
  {
    review: {
      model: 'opus',
      cause: null,
      findings: [{ severity: 'blocking', text: 'no' }],
      costUsd: null,
    },
  },
  { review: { model: null, cause: { kind: 'held', holds: ['usage_limit'] }, findings: [], costUsd: 0 } },
])('evidence with %j is not clean', (blemish) => {
  expect(isClean(sampleEvidence(CLEAN))).toBe(true);
  expect(isClean(sampleEvidence({ ...CLEAN, ...blemish }))).toBe(false);
});

test('checks have passed when each ended by itself with 0, and are not said to pass when there are none', () => {
  const check = (facts: Partial<CheckResult>) => ({
    ...(sampleEvidence().checks[0] as CheckResult),
    ...facts,
  });
  const passed = check({ exitCode: 0 });
  expect(havePassed([])).toBe(null);
  expect(havePassed([passed, passed])).toBe(true);
  expect(havePassed([passed, check({ exitCode: 1 })])).toBe(false);
  expect(havePassed([passed, check({ exitCode: null, signal: 'SIGKILL' })])).toBe(false);
  expect(havePassed([check({ exitCode: 0, timedOut: true })])).toBe(false);
});

test('a summary of evidence says what changed, how the checks ended and how many warnings there are', () => {
  const diff = sampleEvidence().diff as NonNullable<Evidence['diff']>;
  const summaries = [
    sampleEvidence(),
    sampleEvidence({ checksPassed: true, repairs: { used: 1, max: 2 }, warnings: [] }),
    sampleEvidence({ checksPassed: false, repairs: { used: 0, max: 2 }, warnings: [] }),
    sampleEvidence({ ...CLEAN, diff: { ...diff, files: 1, insertions: 0 } }),
    sampleEvidence({ ...CLEAN, diff: { ...diff, files: 0 } }),
    sampleEvidence({ ...CLEAN, measured: false, diff: null }),
    sampleEvidence({ ...CLEAN, review: OBJECTING }),
    sampleEvidence({ ...CLEAN, review: { ...OBJECTING, findings: [], cause: { kind: 'no_budget' } } }),
  ].map((evidence) => summarizeEvidence(figuresOf(evidence)));
  expect(summaries).toMatchInlineSnapshot(`
    [
      "2 files, +12 −3, checks failed after 2 repairs, 1 warning, a reviewer objects to nothing",
      "2 files, +12 −3, checks passed after 1 repair, a reviewer objects to nothing",
      "2 files, +12 −3, checks failed, a reviewer objects to nothing",
      "1 file, +0 −3, a reviewer objects to nothing",
      "no changes, a reviewer objects to nothing",
      "not measured, a reviewer objects to nothing",
      "2 files, +12 −3, a reviewer objects to 1 thing",
      "2 files, +12 −3, not reviewed",
    ]
  `);
});

test('a review in evidence shows as the words of a model, objections first, or says why there is none', () => {
  const partOf = (review: Evidence['review']) =>
    partsOf(sampleEvidence({ ...CLEAN, review })).find(({ title }) => /review/i.test(title));
  expect(partOf(OBJECTING)).toMatchObject({
    tone: 'care',
    entries: [
      { text: 'blocking', names: ['a.ts'], finding: 'it loses data' },
      { text: 'note', finding: 'fine' },
      { names: ['opus'] },
    ],
  });
  expect(partOf({ ...OBJECTING, findings: [] })).toMatchObject({
    tone: 'plain',
    entries: [{ text: 'it found nothing' }, {}],
  });
  const spent = { kind: 'budget_spent', budgetUsd: 0.5, scope: 'review' } as const;
  const ended = { kind: 'ended', outcome: spent } as const;
  expect(partOf({ ...OBJECTING, findings: [], cause: ended })).toEqual({
    title: 'Not reviewed',
    tone: 'care',
    entries: [{ text: 'stopped at what a review may cost, $0.50 (review.max_usd)' }],
  });
  expect(partOf(null)).toBeUndefined();
});

test('every kind of warning and every cause of a missing measurement or review has a sentence without capital letter and full stop', () => {
  const sentences = [
    ...WARNING_KINDS.map(describeWarning),
    ...UNMEASURED_CAUSES.map((kind) => describeUnmeasured({ kind, detail: '' })),
    ...UNREVIEWED.map(describeUnreviewed),
  ];
  expect(sentences.filter((sentence) => !/^[a-zC].*[^.]$/.test(sentence))).toEqual([]);
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(describeUnmeasured({ kind: 'git_failed', detail: 'fatal: no' })).toBe('git failed (fatal: no)');
});
