import { describe, expect, test } from 'vitest';
import { type RoundFacts, warningsOf } from '../../src/evidence/warnings.ts';
import type { Change } from '../../src/project/evidence.ts';
import { WARNING_KINDS, type WarningKind } from '../../src/project/warning.ts';

const NOTHING: RoundFacts = {
  outline: false,
  changes: [],
  paths: [],
  links: [],
  hiddenFromGit: [],
  repository: { config: [], hooks: [], refs: [] },
  nestedRepositories: [],
  movedSubmodules: [],
  specialFiles: [],
  unreadable: [],
  changedByChecks: [],
  claimedOutside: [],
  checkInputs: [],
};

function change(path: string, facts: Partial<Change> = {}): Change {
  return { path, status: 'M', insertions: 1, deletions: 0, binary: false, size: 10, ...facts };
}

/** The warnings by their kind. */
function warn(facts: Partial<RoundFacts>): Partial<Record<WarningKind, readonly string[]>> {
  return Object.fromEntries(warningsOf({ ...NOTHING, ...facts }).map(({ kind, paths }) => [kind, paths]));
}

const CAUSES: readonly (readonly [WarningKind, Partial<RoundFacts>, readonly string[]])[] = [
  ['outline_changed_files', { outline: true, changes: [change('a.txt')] }, ['a.txt']],
  ['hidden_from_git', { hiddenFromGit: ['a'] }, ['a']],
  [
    'ignore_rules_changed',
    { changes: [change('.gitignore'), change('web/.gitignore')] },
    ['.gitignore', 'web/.gitignore'],
  ],
  ['ignore_rules_changed', { changes: [change('rules', { status: 'R', oldPath: '.gitignore' })] }, ['rules']],
  ['attributes_changed', { changes: [change('.gitattributes')] }, ['.gitattributes']],
  ['check_inputs_changed', { changes: [change('package.json')] }, ['package.json']],
  [
    'repository_config_changed',
    { repository: { ...NOTHING.repository, config: ['core.fsmonitor'] } },
    ['core.fsmonitor'],
  ],
  ['hooks_changed', { repository: { ...NOTHING.repository, hooks: ['pre-commit'] } }, ['pre-commit']],
  ['refs_moved', { repository: { ...NOTHING.repository, refs: ['refs/tags/v1'] } }, ['refs/tags/v1']],
  ['nested_repository', { nestedRepositories: ['vendor/x'] }, ['vendor/x']],
  ['submodule_moved', { movedSubmodules: ['lib'] }, ['lib']],
  ['symlink_outside', { links: [{ path: 'web/l', target: '../../x' }] }, ['web/l']],
  ['executable_added', { changes: [change('run', { mode: '100755' })] }, ['run']],
  ['large_file', { changes: [change('a.bin', { size: 6_000_000 })] }, ['a.bin']],
  ['special_file', { specialFiles: ['pipe'] }, ['pipe']],
  ['unreadable', { unreadable: ['shut'] }, ['shut']],
  [
    'case_clash',
    { changes: [change('read.md', { status: 'A' })], paths: ['READ.md', 'read.md'] },
    ['read.md'],
  ],
  ['checks_changed_files', { changedByChecks: ['coverage/a'] }, ['coverage/a']],
  ['left_folder', { claimedOutside: ['/etc/passwd'] }, ['/etc/passwd']],
];

describe('warnings', () => {
  test('a round in which nothing happened has no warning', () => {
    expect(warningsOf(NOTHING)).toEqual([]);
  });

  test.each(CAUSES)('the warning %s comes alone when its facts say so: %j', (kind, facts, paths) => {
    expect(warn(facts)).toEqual({ [kind]: paths });
  });

  test('every kind of warning that is measured has a cause here', () => {
    const measured = WARNING_KINDS.filter((kind) => kind !== 'call_cut_off');
    expect(new Set(CAUSES.map(([kind]) => kind))).toEqual(new Set(measured));
  });

  test('a file that was removed is neither executable nor large', () => {
    expect(warn({ changes: [change('a', { status: 'D', mode: '100755', size: 9e9 })] })).toEqual({});
  });

  test.each([
    ['a/l', 'b', false],
    ['a/l', '../b', false],
    ['a/l', '../../b', true],
    ['l', '..', true],
    ['l', '..x', false],
    ['l', '/etc', true],
    ['l', 'C:\\x', true],
    ['a/l', './b/../../c', false],
  ])('the link %s to %s leads outside: %s', (path, target, outside) => {
    expect(warn({ links: [{ path, target }] })).toEqual(outside ? { symlink_outside: [path] } : {});
  });

  test('names clash also by a folder on the way to them, and only where one of them is new', () => {
    const paths = ['Src/a.ts', 'src/b.ts', 'DOCS/x', 'docs/y', 'lib/c.ts'];
    expect(warn({ changes: [change('src/b.ts', { status: 'A' })], paths })).toEqual({
      case_clash: ['src/b.ts'],
    });
    expect(warn({ changes: [change('lib/c.ts', { status: 'A' }), change('docs/y')], paths })).toEqual({});
  });

  test('a warning names a hundred paths, and says how many more there are', () => {
    const [warning] = warningsOf({ ...NOTHING, unreadable: Array.from({ length: 103 }, (_, n) => `f${n}`) });
    expect([warning?.paths.length, warning?.detail]).toEqual([100, 'and 3 more']);
  });
});

describe('check inputs', () => {
  test.each([
    'package.json',
    'packages/web/package-lock.json',
    '.github/workflows/ci.yml',
    '.gitlab-ci.yml',
    'vitest.config.ts',
    'a/b/jest.config.cjs',
    '.eslintrc.json',
    'tsconfig.build.json',
    'pyproject.toml',
    'tests/conftest.py',
    'Cargo.lock',
    '.cargo/config.toml',
    'go.sum',
    'Makefile',
    '.husky/pre-commit',
    'requirements-dev.txt',
    'two\nlines/package.json',
    '.github/two\nlines.yml',
  ])('a change of %j is named', (path) => {
    expect(warn({ changes: [change(path)] })).toEqual({ check_inputs_changed: [path] });
  });

  test.each([
    'src/a.ts',
    'test/a.test.ts',
    'README.md',
    'src/package.json.ts',
    'config.yaml',
  ])('a change of %s is not named', (path) => {
    expect(warn({ changes: [change(path)] })).toEqual({});
  });

  test.each([
    'src/a.test.ts',
    'test/deep/helper.ts',
    'pkg/a_test.go',
    'tests/test_a.py',
    'src/__tests__/a.js',
  ])('the test %s is named when it is removed or moved to where no test is, not when it is changed or moved among tests', (path) => {
    const gone = change('src/lost.ts', { status: 'R', oldPath: path });
    const moved = change('test/other.test.ts', { status: 'R', oldPath: path });
    expect(warn({ changes: [change(path, { status: 'D' })] })).toEqual({ check_inputs_changed: [path] });
    expect(warn({ changes: [gone] })).toEqual({ check_inputs_changed: ['src/lost.ts'] });
    expect(warn({ changes: [change(path), moved] })).toEqual({});
  });

  test('the globs of the owner count too', () => {
    const changes = [change('ci/run'), change('ci/deep/run'), change('src/a.ts')];
    expect(warn({ changes, checkInputs: ['ci/**'] })).toEqual({
      check_inputs_changed: ['ci/run', 'ci/deep/run'],
    });
  });
});
