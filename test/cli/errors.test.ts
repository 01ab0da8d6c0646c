import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect } from 'vitest';
import { findExecutable } from '../../src/machine/executable.ts';
import { PROGRAM } from '../built.ts';
import { onWindows } from '../platform.ts';
import { tamper } from '../store/raw.ts';
import { unprivileged } from './privileges.ts';
import { type CommandResult, test } from './rig.ts';

const ONE_LINE = /^bridge-supervisor: [^\n]+\n$/;

function expectOneLine({ stdout, stderr }: CommandResult): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(ONE_LINE);
}

/** `run` tells a service manager that a restart would not help. */
function failure([command]: readonly string[]): number {
  return command === 'run' ? 78 : 1;
}

describe('wrong calls', () => {
  const calls: Record<string, [args: string[], words: string]> = {
    'an unknown command': [['frob'], "unknown command 'frob'. See: bridge-supervisor --help"],
    'a misspelt command': [['stauts'], '(Did you mean status?)'],
    'an unknown option': [['list', '--frob'], "unknown option '--frob'. See: bridge-supervisor list --help"],
    'a missing argument': [
      ['approve'],
      "missing required argument 'id'. See: bridge-supervisor approve --help",
    ],
    'an argument too many': [['status', 'now'], 'too many arguments'],
    'a status that does not exist': [
      ['list', '--status', 'done'],
      'Allowed choices are pending, in_progress',
    ],
    'a limit that is no number': [['list', '--limit', 'ten'], 'It must be a whole number of at least 1.'],
    'a duration that is none': [
      ['stop', '--timeout', 'soon'],
      "It must be a duration such as '30s', '10m' or '2h'.",
    ],
    'a server that does not exist': [
      ['mcp', 'web'],
      "unknown command 'web'. See: bridge-supervisor mcp --help",
    ],
    'no server': [['mcp'], 'missing command. See: bridge-supervisor mcp --help'],
  };
  test.for(Object.entries(calls))('a wrong call is one line with where to look, and exit code 2: %s', async ([
    ,
    [args, words],
  ], { rig }) => {
    const result = await rig.run(...args);
    expect(result.code).toBe(2);
    expectOneLine(result);
    expect(result.stderr).toContain(words);
  });
});

describe('unusable configurations', () => {
  const configs: Record<string, [config: string, words: RegExp]> = {
    'no JSON': ['{"concurrency": 2', /config\.json is not valid JSON/],
    'no object': ['[1]', /must hold one JSON object/],
    'an unknown key': ['{"concurency": 2}', /unknown key 'concurency'; allowed keys: /],
    'a wrong value': ['{"concurrency": "two"}', /config\.json: 'concurrency'/],
  };
  test.for(
    Object.entries(configs),
  )('an unusable configuration is refused with the key and the fix: %s', async ([, [config, words]], {
    rig,
  }) => {
    await rig.configure(config);
    const plan = await rig.file('plan.md', '# A\n\nx\n');
    for (const args of [['run'], ['start'], ['restart'], ['send', plan]]) {
      const result = await rig.run(...args);
      expect(result.code).toBe(failure(args));
      expectOneLine(result);
      expect(result.stderr).toMatch(words);
    }
  });

  test('an unusable variable is named as what it is', async ({ rig }) => {
    const result = await rig.runWith({ env: { BRIDGE_CONCURRENCY: 'many' } }, 'run');
    expect(result).toMatchObject({ code: 78, stderr: expect.stringContaining('BRIDGE_CONCURRENCY') });
    expectOneLine(result);
  });

  test('commands that look, decide or stop work with an unusable configuration', async ({ rig }) => {
    const { id } = await rig.send('# A\n\nx\n');
    await rig.configure('{');
    for (const args of [['list'], ['show', id], ['logs'], ['stop'], ['cancel', id, '--yes']])
      expect((await rig.run(...args)).code, args.join(' ')).toBe(0);
  });
});

describe('unusable stores', () => {
  test('a store that is no database is one line with the file and what to do', async ({ rig }) => {
    await mkdir(rig.home);
    await writeFile(
      join(rig.home, 'bridge.db'),
      'this is a text file, and rather more than a header of one'.repeat(50),
    );
    for (const args of [['status'], ['list'], ['run'], ['start'], ['stop']]) {
      const result = await rig.run(...args);
      expect(result.code).toBe(failure(args));
      expectOneLine(result);
      expect(result.stderr).toMatch(/bridge\.db: this is not a bridge-supervisor database/);
    }
  });

  test('a damaged database is one line with the file and what to do', async ({ rig }) => {
    await rig.send('# A\n\nx\n');
    await (await rig.bridge).close();
    const { openSync, writeSync, closeSync, statSync } = await import('node:fs');
    const file = join(rig.home, 'bridge.db');
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(statSync(file).size - 4096, 0x5a), 0, undefined, 4096);
    closeSync(fd);
    const result = await rig.run('list');
    expect(result.code).toBe(1);
    expectOneLine(result);
    expect(result.stderr).toMatch(/bridge\.db: the database is damaged/);
  });

  test('a database of a newer program is one line with the file and what to do', async ({ rig }) => {
    await rig.send('# A\n\nx\n');
    tamper(rig.home, 'PRAGMA user_version = 999; UPDATE meta SET compatible_from = 999');
    const result = await rig.run('status');
    expect(result.code).toBe(1);
    expectOneLine(result);
    expect(result.stderr).toContain('newer bridge-supervisor');
  });

  test('a state folder whose name is a file is one line with the file and what to do', async ({ rig }) => {
    await writeFile(rig.home, '');
    for (const args of [['status'], ['start'], ['run']]) {
      const result = await rig.run(...args);
      expect(result.code).toBe(failure(args));
      expectOneLine(result);
      expect(result.stderr).toContain(rig.home);
    }
  });

  test.skipIf(unprivileged === undefined)(
    'a state folder that may not be written is one line with what to do (needs setpriv as root, or an ordinary user)',
    async ({ rig }) => {
      await mkdir(rig.home, { mode: 0o500 });
      const plan = await rig.file('plan.md', '# A\n\nx\n');
      for (const args of [['status'], ['send', plan], ['run'], ['start']]) {
        const result = await rig.runWith({ wrapper: unprivileged ?? [] }, ...args);
        expect(result.code, args.join(' ')).toBe(failure(args));
        expectOneLine(result);
        expect(result.stderr).toContain(rig.home);
      }
      await chmod(rig.home, 0o700);
    },
  );
});

test('a secret that an error quotes is not shown', async ({ rig }) => {
  const plan = await rig.file('plan.md', '# A\n\nx\n');
  const { code, stderr } = await rig.run('send', plan, '--workspace', 'https://me:hunter2@example.com');
  expect(code).toBe(1);
  expect(stderr).toContain('me:[redacted]@example.com');
  expect(stderr).not.toContain('hunter2');
});

test('an unexpected error is one line too, with its details on demand', async ({ rig }) => {
  await mkdir(join(rig.home, 'loop.log'), { recursive: true });
  const plain = await rig.run('logs');
  expect(plain.code).toBe(1);
  expectOneLine(plain);
  expect(plain.stderr).toContain('BRIDGE_DEBUG=1');
  const detailed = await rig.runWith({ env: { BRIDGE_DEBUG: '1' } }, 'logs');
  expect(detailed.code).toBe(1);
  expect(detailed.stderr).toMatch(/^bridge-supervisor: unexpected error[^\n]+\n[\s\S]*Error/);
  expect(detailed.stderr).not.toContain('BRIDGE_DEBUG=1');
});

test('a stack under BRIDGE_DEBUG names the source files and lines of the bundle', async ({ rig }) => {
  await mkdir(join(rig.home, 'loop.log'), { recursive: true });
  const { stderr } = await rig.runWith({ env: { BRIDGE_DEBUG: '1' } }, 'logs');
  const frames = [...stderr.matchAll(/at (?:async )?(\S+) \((\S+[\\/]src[\\/]\S+\.ts):(\d+):(\d+)\)/g)];
  expect(frames.length).toBeGreaterThan(2);
  for (const [, , file = '', line, column] of frames) {
    const source = (await readFile(file, 'utf8')).split('\n')[Number(line) - 1] ?? '';
    // Every place is that of a call, or of the wait for one.
    expect(source.slice(Number(column) - 1), `${file}:${line}:${column}`).toMatch(/^(await )?[\w.]+\(/);
  }
  expect(frames.at(-1)?.[1]).toBe('main');
});

test.skipIf(onWindows)(
  'a reader who leaves (| head) ends a command quietly (needs bash)',
  async ({ rig }) => {
    await mkdir(rig.home, { recursive: true });
    await writeFile(
      join(rig.home, 'loop.log'),
      'a line of the log that is long enough to fill the pipe\n'.repeat(50_000),
    );
    for (const args of ['logs -n 50000', 'logs -n 50000 --json', '--help']) {
      const script = `set -o pipefail; ${rig.shellCommand} ${args} | head -n 1`;
      const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
        env: rig.environment,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.split('\n')).toHaveLength(2);
    }
  },
);

const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => findExecutable('node', folder))
  .find((node) => node !== undefined && isOld(node));

function isOld(node: string): boolean {
  const [, major, minor] =
    /^v(\d+)\.(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' })) ?? [];
  return Number(major) < 22 || (Number(major) === 22 && Number(minor) < 14);
}

test.skipIf(oldNode === undefined)(
  'an old Node is refused in one line (needs one below 22.14 on PATH)',
  ({ rig }) => {
    for (const args of [['status'], ['mcp', 'code'], ['--version']]) {
      const { status, stdout, stderr } = spawnSync(oldNode ?? '', [PROGRAM, ...args], {
        env: rig.environment,
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(
        /^bridge-supervisor: Node 22\.14 or newer is needed, and \S+ is v\d+\.\d+\.\d+\. [^\n]+\n$/,
      );
    }
  },
);
