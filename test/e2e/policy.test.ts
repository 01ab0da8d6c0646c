/** What the plan's front matter and the account's state do to a run. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds, resume } from '../../src/bridge/holds.ts';
import { usageLimitReached } from '../../src/simulator/rate-limits.ts';
import { call, hang, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, claudeProgram, processesIn, test, waitUntil } from './rig.ts';

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });
const plan = (frontMatter: string) => `---\n${frontMatter}\n---\n# Policy\nDo it.`;

describe('front matter', () => {
  test('model in front matter holds for the run and every later run of the session', async ({ rig }) => {
    rig.script = sequence([say('forgot'), submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send(plan('model: haiku'));
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[0]?.modelUsed).toContain('haiku');
    expect(rig.asked().every(({ model }) => model === runs[0]?.modelUsed)).toBe(true);
  });

  test('max_turns in front matter stops the run there, and the person decides', async ({ rig }) => {
    rig.script = () => bridgeCall('bridge_send_update', { message: 'Still at it' });
    await rig.startSupervisor();
    const id = await rig.send(plan('max_turns: 2'));
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).project.attention).toContain('max_turns');
  });

  test('budget_usd in front matter stops the run there, and the person decides', async ({ rig }) => {
    rig.script = () => bridgeCall('bridge_send_update', { message: 'Spending' });
    await rig.startSupervisor();
    const id = await rig.send(plan('budget_usd: 0.05'));
    await rig.happened('project.needs_attention', id);
    const { project, spentUsd } = await rig.details(id);
    expect(project.attention).toContain('$0.05');
    expect(spentUsd).toBeGreaterThan(0);
  });

  test('timeout in front matter ends a run that takes longer, with everything it started', async ({
    rig,
  }) => {
    rig.script = sequence([hang()]);
    await rig.startSupervisor();
    const id = await rig.send(plan('timeout: 2s'));
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).runs[0]?.outcome).toMatchObject({ kind: 'timed_out', afterMs: 2_000 });
    expect(await rig.claudes()).toEqual([]);
  });

  test('a model that does not exist is reported to the person at once', async ({ rig }) => {
    rig.script = () => ({ kind: 'error', status: 404, type: 'not_found_error', message: 'model: nonsuch' });
    await rig.startSupervisor();
    const id = await rig.send(plan('model: nonsuch'));
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).project.attention).toContain("'nonsuch'");
  });
});

describe('account', () => {
  test('a usage limit holds the queue until its stated reset, and burns no try', async ({ rig }) => {
    rig.environment = { ...rig.environment, ...subscription };
    delete rig.environment.ANTHROPIC_API_KEY;
    let resetsAt = new Date();
    const limited = () => {
      resetsAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 6_000);
      return usageLimitReached({ resetsAt });
    };
    rig.script = sequence([limited, submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# Limited\nDo it.');
    const { kind, until } = (await rig.happened('hold.set')).data;
    expect(kind).toBe('usage_limit');
    // Some moments later than stated, never earlier.
    expect(`${until}`.localeCompare(resetsAt.toISOString())).toBeGreaterThanOrEqual(0);
    const { project, runs } = await rig.until(id, 'awaiting_approval');
    expect(project.tries).toBe(0);
    expect(runs[1]?.createdAt.localeCompare(resetsAt.toISOString())).toBeGreaterThanOrEqual(0);
    await rig.noHolds();
  });

  test('a Claude that is not logged in holds the queue; `resume` retries now', async ({ rig }) => {
    const { ANTHROPIC_API_KEY: key = '', ...rest } = rig.environment;
    rig.environment = rest;
    rig.script = sequence([submit(), say('ok')]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Logged out\nDo it.');
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'not_logged_in' }]);
    expect((await rig.details(id)).project.tries).toBe(0);
    await first.end('SIGTERM');
    rig.environment = { ...rest, ANTHROPIC_API_KEY: key };
    await resume(rig.bridge, 'person');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
  });

  test('a missing claude holds the queue with the reason and claims nothing', async ({ rig }) => {
    rig.environment.BRIDGE_CLAUDE = join(rig.root, 'nowhere', 'claude');
    rig.script = sequence([submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# No claude\nDo it.');
    await rig.happened('hold.set');
    expect((await currentHolds(rig.bridge))[0]?.reason).toContain(rig.environment.BRIDGE_CLAUDE);
    expect((await rig.details(id)).project.status).toBe('pending');
  });

  test('a claude that may not be executed holds the queue with the reason', async ({ rig }) => {
    const file = join(rig.root, 'claude');
    await writeFile(file, 'not a program');
    await chmod(file, 0o644);
    rig.environment.BRIDGE_CLAUDE = file;
    await rig.startSupervisor();
    const id = await rig.send('# Not executable\nDo it.');
    await rig.happened('hold.set');
    expect((await rig.details(id)).project.status).toBe('pending');
  });
});

describe('workspace', () => {
  test('a workspace that is gone when the run starts needs attention, with its path', async ({ rig }) => {
    const folder = await rig.workspace('doomed');
    const id = await rig.send(plan('workspace: doomed'));
    await rm(folder, { recursive: true });
    await rig.startSupervisor();
    await rig.happened('project.needs_attention', id);
    expect((await rig.details(id)).project.attention).toContain(folder);
  });

  test('a workspace that became a file needs attention, and the queue goes on', async ({ rig }) => {
    const folder = await rig.workspace('filed');
    const id = await rig.send(plan('workspace: filed'));
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    rig.script = sequence([submit(), say('ok')]);
    const next = await rig.send('# Next\nDo it.');
    await rig.startSupervisor();
    await rig.happened('project.needs_attention', id);
    await rig.until(next, 'awaiting_approval');
  });
});

describe('processes', () => {
  test('a background process of Claude ends with its run', async ({ rig }) => {
    await rig.configure({ allowed_tools: ['Bash'] });
    rig.script = sequence([
      call('Bash', {
        command: 'setsid nohup tail -f /dev/null >/dev/null 2>&1 & echo started',
        description: 'leave one',
      }),
      submit(),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Littering\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await processesIn(rig.root)).filter(({ command }) => command.includes('tail -f'))).toEqual([]);
  });

  test('a run whose bridge tools did not connect does not count, and is ended', async ({ rig }) => {
    const wrapper = join(rig.root, 'claude-without-tools');
    // Claude itself is real; only its list of MCP servers is emptied on the way.
    await mkdir(join(rig.root, 'empty'), { recursive: true });
    const none = join(rig.root, 'empty', 'none.json');
    await writeFile(none, '{"mcpServers":{}}');
    await writeFile(
      wrapper,
      `#!/bin/sh\nfor last; do :; done\ncp ${none} "$last"\nexec ${claudeProgram} "$@"\n`,
    );
    await chmod(wrapper, 0o755);
    rig.environment.BRIDGE_CLAUDE = wrapper;
    rig.script = () => hang();
    await rig.startSupervisor();
    const id = await rig.send('# No tools\nDo it.');
    await rig.happened('run.ended', id);
    const { runs, project } = await rig.details(id);
    expect(runs[0]?.outcome).toMatchObject({ kind: 'tools_missing' });
    expect(runs[0]?.readyAt).toBeNull();
    expect(project.status).toBe('in_progress');
    await waitUntil(async () => (await rig.claudes()).length === 0, 'claude to be gone');
  });
});

const subscription = { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-simulated' };
