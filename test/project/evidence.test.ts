import { expect, test } from 'vitest';
import {
  baseOf,
  type CheckResult,
  type Evidence,
  evidenceSchema,
  havePassed,
  isClean,
  treeOf,
  UNMEASURED_CAUSES,
} from '../../src/project/evidence.ts';
import { describeUnmeasured, figuresOf, summarizeEvidence } from '../../src/project/evidence-text.ts';
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

test.for<Partial<Evidence>>([
  { measured: false },
  { checksPassed: false },
  { warnings: [{ kind: 'refs_moved', paths: [], detail: '' }] },
  { claims: { missing: [], undeclared: ['a'], misfiled: [], ignored: [] } },
  { review: { model: 'opus', findings: [{ severity: 'blocking', text: 'no' }], costUsd: null } },
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
  ].map((evidence) => summarizeEvidence(figuresOf(evidence)));
  expect(summaries).toMatchInlineSnapshot(`
    [
      "2 files, +12 −3, checks failed after 2 repairs, 1 warning",
      "2 files, +12 −3, checks passed after 1 repair",
      "2 files, +12 −3, checks failed",
      "1 file, +0 −3",
      "no changes",
      "not measured",
    ]
  `);
});

test('every kind of warning and every cause of a missing measurement has a sentence without capital letter and full stop', () => {
  const sentences = [
    ...WARNING_KINDS.map(describeWarning),
    ...UNMEASURED_CAUSES.map((kind) => describeUnmeasured({ kind, detail: '' })),
  ];
  expect(sentences.filter((sentence) => !/^[a-zC].*[^.]$/.test(sentence))).toEqual([]);
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(describeUnmeasured({ kind: 'git_failed', detail: 'fatal: no' })).toBe('git failed (fatal: no)');
});
