import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import { type EvidenceOptions, makeEvidence } from '../../src/evidence/make-evidence.ts';
import { takeFingerprint } from '../../src/git/fingerprint.ts';
import { createMeasureDir } from '../../src/git/measure-dir.ts';
import { measureTree } from '../../src/git/measure-tree.ts';
import { type Evidence, evidenceSchema } from '../../src/project/evidence.ts';
import { evidenceFiles, parseRunFileName } from '../../src/state-folder.ts';
import { toWireEvidence } from '../../src/wire/evidence.ts';
import { evidenceSchema as wireSchema } from '../../src/wire/schemas/evidence.ts';
import { BRANCH, type GitRig, gitRig } from '../git/rig.ts';
import { onWindows } from '../platform.ts';

const RUN_ID = 'fedcba987654';

const RECORD: EvidenceOptions['record'] = {
  projectId: '0123456789ab',
  round: 1,
  attempt: 1,
  outline: false,
  madeAt: '2026-03-01T12:00:00.000Z',
  madeBy: 'bridge-supervisor 1.0.0',
  planRevision: 1,
  claudeVersion: null,
  sessions: [],
  repairs: { used: 0, max: 2 },
  cost: { usd: null, tokens: null, turns: 0, runs: 1, seconds: 0 },
  denied: [],
  requests: [],
  warnings: [],
};

type Wanted = Partial<Omit<EvidenceOptions, 'place'>> & { readonly place: EvidenceOptions['place'] };

async function make(root: string, { env = {}, ...wanted }: Wanted): Promise<Evidence | undefined> {
  await mkdir(join(root, 'runs'), { recursive: true });
  return makeEvidence({
    record: RECORD,
    claimed: { created: [], modified: [] },
    title: 'Fix it',
    rules: { checks: [], checkInputs: [], checkEnvDeny: [] },
    files: evidenceFiles(root, RUN_ID),
    scope: {
      mark: { name: 'BRIDGE_TEST', value: randomUUID() },
      controlGroup: `bridge-test-${randomUUID()}`,
      clock,
    },
    added: {},
    signal: new AbortController().signal,
    env,
    ...wanted,
  });
}

interface Begun {
  readonly rig: GitRig;
  evidence(wanted?: Partial<EvidenceOptions>): Promise<Evidence>;
}

/** A worktree in which Claude may begin. */
async function begin(): Promise<Begun> {
  const rig = await gitRig();
  await rig.put('kept.txt', 'kept\n');
  await rig.put('moved.txt', 'a file that moves\nwith lines\nto know it by\n');
  await rig.put('.gitignore', 'dist/\n');
  await rig.commit('more');
  const { repository, base } = await rig.begin();
  const place = {
    measureDir: rig.measureDir,
    folder: rig.worktree,
    base,
    repository,
    fingerprint: await takeFingerprint(repository, rig.worktree, rig.env),
    subfolder: '',
    workspace: rig.repo,
    branch: BRANCH,
    baseRef: 'refs/heads/main',
  };
  return {
    rig,
    async evidence(wanted = {}) {
      const made = await make(rig.root, { place, env: rig.env, ...wanted });
      if (made === undefined) throw new Error('it was aborted');
      return made;
    },
  };
}

const check = (name: string, run: string) => ({ name, run, timeoutMs: 60_000 });
const rules = (...checks: ReturnType<typeof check>[]) => ({ checks, checkInputs: [], checkEnvDeny: [] });
const pathsIn = ({ diff }: Evidence) => diff?.changes.map(({ path }) => path);
const kindsIn = ({ warnings }: Evidence) => warnings.map(({ kind }) => kind);

describe.skipIf(onWindows)('evidence of a worktree (needs POSIX)', () => {
  test('evidence of a round in which nothing was done is clean, and binds a decision to the tree of the base', async () => {
    const { rig, evidence } = await begin();
    const made = await evidence();
    expect(made).toMatchObject({
      measured: true,
      diff: { files: 0, truncated: false },
      claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
      warnings: [],
      checksPassed: null,
      snapshot: null,
    });
    expect(made.git?.tree).toBe((await rig.git('rev-parse', 'HEAD^{tree}')).trim());
  });

  test('evidence fits what is stored and what leaves the program', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('new.sh', '#!/bin/sh\n');
    const made = await evidence({ rules: rules(check('test', 'exit 3')) });
    expect(evidenceSchema().parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(wireSchema.safeParse(toWireEvidence(made)).error).toBe(undefined);
  });

  test('claims are compared with what changed: by relative and absolute path, across a rename, and ignored ones', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('new.txt', 'new\n');
    await rig.edit('kept.txt', 'changed\n');
    await rig.edit('unsaid.txt', 'unsaid\n');
    await mkdir(join(rig.worktree, 'dist'));
    await rig.edit('dist/a.js', '');
    await rename(join(rig.worktree, 'moved.txt'), join(rig.worktree, 'there.txt'));
    await symlink('/etc', join(rig.worktree, 'etc'));
    const { claims, warnings } = await evidence({
      claimed: {
        created: ['./new.txt', join(rig.repo, 'kept.txt'), 'dist/a.js'],
        modified: [join(rig.worktree, 'moved.txt'), 'never.txt', '/etc/passwd', 'etc', 'etc/passwd'],
      },
    });
    expect(claims).toEqual({
      missing: ['never.txt', '/etc/passwd', 'etc/passwd'],
      undeclared: ['unsaid.txt'],
      misfiled: ['kept.txt'],
      ignored: ['dist/a.js'],
    });
    expect(warnings).toEqual([
      { kind: 'symlink_outside', paths: ['etc'], detail: '' },
      { kind: 'left_folder', paths: ['/etc/passwd'], detail: '' },
    ]);
  });

  test('the patch is beside the other output, and what lands is a commit on the base with the measured tree', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('kept.txt', 'changed\n');
    const { git, diff } = await evidence({ record: { ...RECORD, round: 3 } });
    const patch = await readFile(evidenceFiles(rig.root, RUN_ID).patch, 'utf8');
    expect(patch).toContain('-kept\n+changed\n');
    expect(diff).toMatchObject({ files: 1, insertions: 1, deletions: 1, patchBytes: patch.length });
    const commit = await rig.git(`--git-dir=${rig.measureDir}`, 'cat-file', 'commit', git?.commit ?? '');
    expect(commit).toContain(`tree ${git?.tree}\nparent ${git?.baseOid}\n`);
    expect(commit).toContain('\nFix it\n\nBridge-Project: 0123456789ab\nBridge-Round: 3');
  });

  test('the base is said to be as it was, ahead, in conflict, rewritten or gone', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('kept.txt', 'changed\n');
    const stand = async () => {
      const { git } = await evidence();
      return [git?.baseState, git?.mergeable, git?.conflicts, git?.baseNowOid];
    };
    const now = async () => (await rig.git('rev-parse', 'main')).trim();
    expect(await stand()).toEqual(['same', 'clean', [], await now()]);
    await rig.put('other.txt', 'other\n');
    await rig.commit('other');
    expect(await stand()).toEqual(['ahead', 'clean', [], await now()]);
    await rig.put('kept.txt', 'changed elsewhere\n');
    await rig.commit('in the way');
    expect(await stand()).toEqual(['ahead', 'conflict', ['kept.txt'], await now()]);
    await rig.git('reset', '-q', '--hard', 'HEAD~3');
    expect((await stand())[0]).toBe('diverged');
    await rig.git('checkout', '-q', '--detach');
    await rig.git('branch', '-D', 'main');
    expect(await stand()).toEqual(['gone', 'none', [], null]);
  });

  test('a file that checks changed is part of the result, and named by the check and in a warning', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('kept.txt', 'changed\n');
    const checks = [
      check('test', 'exit 1'),
      check('lint', 'echo fixed >> kept.txt; echo x > report.txt'),
      check('types', ':'),
    ];
    const made = await evidence({ rules: rules(...checks) });
    expect(made.checks.map(({ exitCode, changedFiles }) => [exitCode, changedFiles])).toEqual([
      [1, []],
      [0, ['kept.txt', 'report.txt']],
      [0, []],
    ]);
    expect(made.checksPassed).toBe(false);
    expect(pathsIn(made)).toEqual(['kept.txt', 'report.txt']);
    expect(made.warnings).toEqual([
      { kind: 'checks_changed_files', paths: ['kept.txt', 'report.txt'], detail: '' },
    ]);
  });

  test('checks run where Claude worked, with the marks of ours alone in their environment', async () => {
    const { rig, evidence } = await begin();
    const env = { ...rig.env, ANTHROPIC_API_KEY: 'k', NPM_TOKEN: 't' };
    const made = await evidence({
      env,
      rules: {
        ...rules(check('env', 'pwd; env | grep -E "ANTHROPIC|NPM_TOKEN|BRIDGE"')),
        checkEnvDeny: ['NPM_*'],
      },
    });
    expect(made.checks[0]?.outputTail).toMatch(new RegExp(`^${rig.worktree}\nBRIDGE_TEST=[0-9a-f-]+\n$`));
  });

  test('whatever Claude hides from git is in the diff or in a warning', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('kept.txt', 'hidden 1\n');
    await rig.gitAt(rig.worktree, 'update-index', '--assume-unchanged', 'kept.txt');
    await rig.edit('moved.txt', 'hidden 2\n');
    await rig.gitAt(rig.worktree, 'update-index', '--skip-worktree', 'moved.txt');
    await writeFile(join(rig.repo, '.git', 'info', 'exclude'), 'excluded.txt\n');
    await rig.edit('excluded.txt', 'hidden 3\n');
    await mkdir(join(rig.worktree, 'nested'));
    await rig.gitAt(join(rig.worktree, 'nested'), 'init', '-q');
    await writeFile(join(rig.worktree, 'nested', 'secret.txt'), 'hidden 4\n');
    await rig.edit('.gitignore', 'dist/\n*.secret\n');
    const made = await evidence();
    expect(pathsIn(made)).toEqual(
      expect.arrayContaining(['kept.txt', 'moved.txt', 'excluded.txt', '.gitignore']),
    );
    expect(made.warnings).toEqual(
      expect.arrayContaining([
        { kind: 'hidden_from_git', paths: ['excluded.txt', 'kept.txt', 'moved.txt'], detail: '' },
        { kind: 'ignore_rules_changed', paths: ['.gitignore'], detail: '' },
        { kind: 'repository_config_changed', paths: ['info/exclude'], detail: '' },
        expect.objectContaining({ kind: 'nested_repository', paths: [expect.stringMatching(/^nested/)] }),
      ]),
    );
  });

  test('a worktree whose link to its repository was replaced is measured all the same, and nothing counts as shown', async () => {
    const { rig, evidence } = await begin();
    await rm(join(rig.worktree, '.git'));
    await rig.gitAt(rig.worktree, 'init', '-q');
    await rig.edit('kept.txt', 'changed\n');
    await rig.gitAt(rig.worktree, 'add', '-A');
    await rig.gitAt(
      rig.worktree,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@x',
      'commit',
      '-qm',
      'all is well',
    );
    const made = await evidence();
    expect(pathsIn(made)).toEqual(['kept.txt']);
    expect(kindsIn(made)).toEqual(expect.arrayContaining(['repository_config_changed']));
  });

  test('programs that the run planted in the repository are not started, and the change is named', async () => {
    const { rig, evidence } = await begin();
    const program = await rig.program('evil');
    for (const key of [
      'core.fsmonitor',
      'filter.x.clean',
      'filter.x.smudge',
      'diff.external',
      'diff.x.textconv',
    ])
      await rig.git('config', key, program);
    await rig.edit('.gitattributes', '* filter=x diff=x\n');
    await rig.edit('kept.txt', 'changed\n');
    await rig.git('-c', 'core.fsmonitor=false', 'tag', 'planted');
    await mkdir(join(rig.repo, '.git', 'hooks'), { recursive: true });
    await writeFile(join(rig.repo, '.git', 'hooks', 'reference-transaction'), `#!/bin/sh\n${program}\n`, {
      mode: 0o755,
    });
    const made = await evidence();
    expect(await rig.marked()).toEqual([]);
    expect(kindsIn(made)).toEqual(
      expect.arrayContaining([
        'attributes_changed',
        'repository_config_changed',
        'hooks_changed',
        'refs_moved',
      ]),
    );
    expect(pathsIn(made)).toEqual(['.gitattributes', 'kept.txt']);
  });

  test('a commit that Claude made on its branch is no moved ref, and its files are in the diff', async () => {
    const { rig, evidence } = await begin();
    await rig.edit('kept.txt', 'committed\n');
    await rig.gitAt(rig.worktree, 'add', '-A');
    await rig.gitAt(rig.worktree, '-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qm', 'done');
    const made = await evidence();
    expect(pathsIn(made)).toEqual(['kept.txt']);
    expect(made.warnings).toEqual([]);
  });

  test('a round whose folder is gone says so, with its checks', async () => {
    const { rig, evidence } = await begin();
    await rm(rig.worktree, { recursive: true });
    expect(await evidence({ rules: rules(check('test', 'true')) })).toMatchObject({
      measured: false,
      cause: { kind: 'folder_missing' },
      git: null,
      diff: null,
      checks: [{ name: 'test', exitCode: null, failure: expect.stringContaining('does not exist') }],
      checksPassed: false,
    });
  });

  test('evidence that is aborted during a check is not made', async () => {
    const { rig, evidence } = await begin();
    const abort = new AbortController();
    const begun = join(rig.root, 'begun');
    const making = evidence({
      rules: rules(check('test', `touch ${begun}; sleep 1000`)),
      signal: abort.signal,
    });
    await expect.poll(() => existsSync(begun)).toBe(true);
    abort.abort();
    await expect(making).rejects.toThrow('it was aborted');
  });
});

test.skipIf(onWindows)(
  'a folder without git is compared with how it was before the first run (needs POSIX)',
  async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'evidence-')));
    onTestFinished(() => rm(root, { recursive: true }));
    const [folder, measureDir] = [join(root, 'notes'), join(root, 'measure.git')];
    await mkdir(folder);
    await writeFile(join(folder, 'a.txt'), 'a\n');
    const env = { PATH: process.env.PATH, HOME: root };
    const made = await createMeasureDir({ measureDir, folder, repository: null, freshGitDir: null }, env);
    const before = await measureTree(measureDir, folder, env);
    if (made.kind !== 'made' || before.kind !== 'measured') throw new Error('not measured');
    await writeFile(join(folder, 'b.txt'), 'b\n');
    const place = { measureDir, folder, base: before.tree, repository: null, fingerprint: null };
    const evidence = await make(root, {
      env,
      place: { ...place, subfolder: '', workspace: folder, branch: null, baseRef: null },
      claimed: { created: [join(folder, 'b.txt')], modified: ['a.txt'] },
    });
    expect(evidence).toMatchObject({
      measured: true,
      git: null,
      snapshot: { baseTree: before.tree },
      diff: { files: 1 },
      claims: { missing: ['a.txt'], undeclared: [] },
      warnings: [],
    });
  },
);

test('the files of evidence are known as output of their run, so that they are removed with it', () => {
  const { patch, check: checkFile } = evidenceFiles('/state', RUN_ID);
  for (const file of [patch, checkFile(1), checkFile(12)])
    expect(parseRunFileName(basename(file))).toEqual({ runId: RUN_ID, kind: 'output' });
});
