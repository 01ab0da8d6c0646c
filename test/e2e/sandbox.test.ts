/** Commands in a sandbox: those of the real Claude, and the owner's checks. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { worktreeFolder } from '../../src/state-folder.ts';
import { has } from '../faults/rig.ts';
import { repository } from './repository.ts';
import { bridgeCall, type Rig, test } from './rig.ts';

const PLAN = '---\nworkspace: site\n---\n# Greeting\nWrite a greeting.';
const hasSandbox = has('bwrap') && has('socat') && has('python3');

/** Prints a line for each thing that must not succeed, and did. */
function attempts(rig: Rig): string {
  const state = (name: string) => join(rig.home, name);
  const { port } = new URL(rig.simulator.url);
  const tries: Record<string, string> = {
    token: `cat ${state('token')}`,
    store: `head -c 16 ${state('bridge.db')} | grep SQLite`,
    'other worktree': `cat ${state('worktrees/other/secret')}`,
    python: `python3 -c "print(open('${state('token')}').read())" | grep secret`,
    symlink: `ln -s ${state('token')} link; cat link | grep secret`,
    'git config': `git config core.fsmonitor ./evil`,
    'git config file': `echo x >> ${join(rig.root, 'site/.git/config')}`,
    'git hooks': `touch ${join(rig.root, 'site/.git/hooks/post-checkout')}`,
    loopback: `python3 -c "import socket; socket.create_connection(('127.0.0.1', ${port}), 2)"`,
    key: `env | grep -E 'ANTHROPIC_(API_KEY|AUTH_TOKEN)='`,
  };
  const lines = Object.entries(tries).map(
    ([name, command]) => `(${command}) >/dev/null 2>&1 && echo "LEAK ${name}"`,
  );
  return [
    ...lines,
    `touch ${join(rig.root, 'outside')} 2>/dev/null`,
    'rm -f link',
    'echo built > built.txt && echo DONE',
  ].join('\n');
}

async function secrets(rig: Rig): Promise<void> {
  await writeFile(join(rig.home, 'token'), 'secret\n');
  await mkdir(join(rig.home, 'worktrees', 'other'), { recursive: true });
  await writeFile(join(rig.home, 'worktrees', 'other', 'secret'), 'secret\n');
}

/** A PATH with the programs of the system, less these. */
async function programsBut(rig: Rig, names: readonly string[]): Promise<string> {
  const folder = join(rig.root, 'programs');
  await mkdir(folder);
  const programs = (await readdir('/usr/bin')).filter((name) => !names.includes(name));
  await Promise.all(programs.map((name) => symlink(join('/usr/bin', name), join(folder, name))));
  return [dirname(process.execPath), folder].join(delimiter);
}

test.skipIf(!hasSandbox)(
  'neither a command of Claude nor a check reaches token, store, other worktrees, git configuration or network from the sandbox, and both work in the folder (needs bwrap, socat and python3)',
  async ({ rig }) => {
    await secrets(rig);
    const checks = [
      { name: 'reach', run: `git -C . log -1 --format=%s && ${attempts(rig).replaceAll('\n', '; ')}` },
      // The sandbox of Claude Code itself leaves that to root (seen in 2.1.329).
      { name: 'kernel', run: '! test -w /proc/sys/kernel/core_pattern' },
      { name: 'built', run: 'grep built built.txt && touch /tmp/private' },
    ];
    const { folder, untouched } = await repository(rig, {
      sandbox: 'require',
      checks,
      prepare: `(cat ${join(rig.home, 'token')}) >prepared.txt 2>/dev/null; touch prepared.txt`,
      policy: { deny: ['Bash(touch denied*)'] },
    });
    const before = await untouched();
    const id = await rig.send(PLAN);
    rig.script = sequence([
      call('Write', { file_path: join(worktreeFolder(rig.home, id), 'attempts.sh'), content: attempts(rig) }),
      call('Bash', { command: 'sh attempts.sh' }),
      call('Bash', { command: 'touch denied.txt' }),
      bridgeCall('bridge_send_completion', { summary: 'Done', files_created: ['built.txt'] }),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const { evidence } = await rig.until(id, 'awaiting_approval');
    const [first, , second, third] = rig.asked();
    expect(first?.userTexts.join('\n')).toContain('Your commands run in a sandbox');
    expect(second?.toolResults).toMatchObject([{ text: 'DONE', isError: false }]);
    expect(third?.toolResults).toMatchObject([{ isError: true }]);
    const results = evidence.at(-1)?.evidence.checks ?? [];
    expect(results.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ['reach', 0],
      ['kernel', 0],
      ['built', 0],
    ]);
    expect(results[0]?.outputTail).toContain('DONE');
    expect(results[0]?.outputTail).not.toContain('LEAK');
    const changes = evidence
      .at(-1)
      ?.evidence.diff?.changes.map(({ path }) => path)
      .sort();
    expect(changes).toEqual(['attempts.sh', 'built.txt', 'prepared.txt']);
    expect(await readFile(join(worktreeFolder(rig.home, id), 'prepared.txt'), 'utf8')).toBe('');
    expect(existsSync(join(rig.root, 'outside'))).toBe(false);
    expect(await untouched()).toEqual(before);
    expect(evidence.at(-1)?.evidence.warnings).toEqual([]);
    // What lands is committed by the supervisor.
    await rig.command('approve', id, '--yes');
    await rig.until(id, 'complete');
    expect(await readFile(join(folder, 'built.txt'), 'utf8')).toBe('built\n');
  },
);

test('work that requires a sandbox waits where there is none, with the reason; other work goes on, and auto goes without', async ({
  rig,
}) => {
  await repository(rig, { sandbox: 'require' });
  await repository(rig, { sandbox: 'auto', checks: [{ name: 'test', run: 'true' }] }, 'other');
  rig.environment.PATH = await programsBut(rig, ['bwrap', 'socat']);
  const held = await rig.send(PLAN);
  const free = await rig.send(PLAN.replace('site', 'other'));
  rig.script = sequence([bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
  await rig.startSupervisor();
  const { evidence } = await rig.until(free, 'awaiting_approval');
  expect(evidence.at(-1)?.evidence.checksPassed).toBe(true);
  expect((await rig.happened('hold.set')).data).toMatchObject({
    kind: 'sandbox_missing',
    reason: "'sandbox' is required, and there is none: bwrap and socat are not installed",
  });
  expect(rig.asked()[0]?.userTexts.join('\n')).not.toContain('sandbox');
  const { project, runs } = await rig.details(held);
  expect([project.status, runs]).toEqual(['pending', []]);
  expect((await rig.command('status')).stdout).toMatch(/bwrap and socat are\s+not installed/);
});
