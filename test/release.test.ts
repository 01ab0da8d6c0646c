/** What a release is made of: its notes, and workflows that run nothing but what was looked at. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const CHANGELOG = `# Changelog

Words before it all.

## [Unreleased]

- Not yet.

## [1.2.0] - 2026-12-01

### Added

- A thing, with a [link](https://example.com).

### Fixed

- Another.

## [1.1.0] - 2026-11-01

- Old.

[1.2.0]: https://example.com/1.2.0
`;

function notesOf(tag: string, version = '1.2.0', changelog = CHANGELOG) {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'scripts'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }));
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  copyFileSync('scripts/release-notes.mjs', join(folder, 'scripts', 'release-notes.mjs'));
  const script = join(folder, 'scripts', 'release-notes.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, tag], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('release notes', () => {
  test('the release notes are the section of the version in the changelog', () => {
    expect(notesOf('v1.2.0')).toEqual({
      status: 0,
      stdout: '### Added\n\n- A thing, with a [link](https://example.com).\n\n### Fixed\n\n- Another.\n',
      stderr: '',
    });
    expect(notesOf('v1.1.0', '1.1.0').stdout).toBe('- Old.\n');
  });

  test.each([
    ['v1.2.1', '1.2.0', /^release-notes: the tag 'v1\.2\.1' is not v1\.2\.0, .*\n$/],
    ['1.2.0', '1.2.0', /^release-notes: the tag '1\.2\.0' is not v1\.2\.0, .*\n$/],
    ['', '1.2.0', /^release-notes: the tag '' is not v1\.2\.0, .*\n$/],
    ['v1.3.0', '1.3.0', /^release-notes: CHANGELOG\.md says nothing of 1\.3\.0: .*\n$/],
    ['v1.2.0-rc.1', '1.2.0-rc.1', /^release-notes: CHANGELOG\.md says nothing of .*\n$/],
  ])('the release notes are refused in one line for the tag %j of version %s', (tag, version, message) => {
    const { status, stdout, stderr } = notesOf(tag, version);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  test('the release notes are refused for a version whose section is empty', () => {
    expect(notesOf('v1.2.0', '1.2.0', '## [1.2.0] - 2026-12-01\n\n## [1.1.0]\n\n- Old.\n').status).toBe(1);
  });
});

const WORKFLOWS = '.github/workflows';
const workflows = readdirSync(WORKFLOWS);

interface Job {
  permissions?: Record<string, string>;
  needs?: string;
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

function workflow(file: string): { permissions: object; jobs: Record<string, Job> } {
  return parse(readFileSync(join(WORKFLOWS, file), 'utf8'));
}

test.each(workflows)('every action of %s is pinned to a commit, with its version beside it', (file) => {
  const uses = readFileSync(join(WORKFLOWS, file), 'utf8')
    .split('\n')
    .filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/ uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('one action has one commit in all workflows', () => {
  const commits = new Map<string, Set<string>>();
  for (const file of workflows) {
    for (const { steps } of Object.values(workflow(file).jobs)) {
      for (const { uses } of steps) {
        const [action = '', commit = ''] = uses?.split('@') ?? [];
        if (uses) commits.set(action, (commits.get(action) ?? new Set()).add(commit));
      }
    }
  }
  expect([...commits].filter(([, found]) => found.size !== 1)).toEqual([]);
});

test('the job that may publish runs no code of the repository or of a package', () => {
  const { permissions, jobs } = workflow('release.yml');
  expect(permissions).toEqual({});
  const { check, publish } = jobs;
  expect(check?.permissions).toEqual({ contents: 'read' });
  expect(publish?.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
  expect(publish?.needs).toBe('check');
  const steps = publish?.steps ?? [];
  expect(steps.map(({ uses }) => uses).join()).not.toContain('checkout');
  const runs = steps.flatMap(({ run }) => run ?? []);
  expect(runs.map((run) => run.split(' ').slice(0, 2).join(' '))).toEqual(['npm publish', 'gh release']);
  expect(runs[0]).toMatch(/--ignore-scripts --provenance$/);
});

test('what asks for updates knows the packages and the actions', () => {
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8'));
  const kinds = updates.map((update: { 'package-ecosystem': string }) => update['package-ecosystem']);
  expect(kinds).toEqual(['npm', 'github-actions']);
});

test('editors format as biome does', () => {
  const { formatter } = JSON.parse(readFileSync('biome.json', 'utf8'));
  const settings = readFileSync('.editorconfig', 'utf8').split('[*.md]')[0] ?? '';
  expect(settings).toContain(
    `\nindent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`,
  );
  expect(settings).toContain(`\nmax_line_length = ${formatter.lineWidth}\n`);
});
