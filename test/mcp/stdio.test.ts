import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { onWindows } from '../platform.ts';
import { rowsIn, SERVE, ServerProcess, stateFolder } from './rig.ts';

const SIDES = ['desktop', 'code'] as const;
const PLAN = { plan_markdown: '# T' };

function start(side: (typeof SIDES)[number], env: Record<string, string>): ServerProcess {
  return new ServerProcess([...SERVE, side], env);
}

function toolNames(response: Record<string, unknown>): string[] {
  const { tools } = response.result as { tools: { name: string }[] };
  return tools.map(({ name }) => name);
}

describe.each(SIDES)('the %s server in a process of its own', (side) => {
  test('the server answers on stdout in the protocol and nothing else, whatever it is told', async () => {
    const home = stateFolder();
    const server = start(side, { BRIDGE_HOME: home });
    server.write('hello');
    server.write('{"jsonrpc":"2.0"');
    server.write('[]');
    server.write('');
    server.write('{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":1}}');
    await server.initialize();
    await server.request('tools/list');
    await server.call(side === 'desktop' ? 'bridge_send_plan' : 'bridge_get_pending_plan', PLAN);
    server.endInput();
    expect(await server.exit).toBe(0);
    for (const line of server.stdout) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(server.stdout.length).toBeGreaterThanOrEqual(4);
  });

  test('the server answers server/discover before initialize at once, and can be initialized afterwards', async () => {
    const server = start(side, { BRIDGE_HOME: stateFolder() });
    server.send('server/discover', {}, 'probe');
    expect(await server.response('probe')).toMatchObject({ error: { code: -32601 } });
    expect(await server.initialize()).toMatchObject({
      result: { serverInfo: { name: `claude_bridge_${side}` }, protocolVersion: '2025-11-25' },
    });
  });

  test('the server leaves no trace when it is started, asked what it is, and ended', async () => {
    const home = `${stateFolder()}/state`;
    const server = start(side, { BRIDGE_HOME: home });
    await server.initialize();
    await server.request('tools/list');
    server.endInput();
    expect(await server.exit).toBe(0);
    expect(existsSync(home)).toBe(false);
  });

  test.skipIf(onWindows).each(['SIGTERM', 'SIGINT'] as const)(
    'the server ends on %s, with a call under way or without (needs signals)',
    async (signal) => {
      const idle = start(side, { BRIDGE_HOME: stateFolder() });
      await idle.initialize();
      idle.kill(signal);
      expect(await idle.exit).toBe(0);
      const used = start(side, { BRIDGE_HOME: stateFolder() });
      await used.request('tools/call', { name: 'bridge_get_pending_plan' });
      const waiting = used.send('tools/call', { name: 'bridge_wait', arguments: {} });
      used.send('ping', {}, 'ping');
      await used.response('ping');
      used.kill(signal);
      expect(await used.exit).toBe(0);
      expect(await used.response(waiting)).toBeDefined();
    },
  );

  test('the server ends when nobody reads its answers any more', async () => {
    const server = start(side, { BRIDGE_HOME: stateFolder() });
    await server.initialize();
    server.closeOutput();
    server.send('tools/list');
    expect(await server.exit).toBe(0);
    expect(server.stderr).not.toContain('EPIPE');
  });

  // There a process takes its children with it when it is killed.
  test.skipIf(onWindows)(
    'the server ends when its parent was killed, though its stdin stays open (needs POSIX)',
    async () => {
      const parent = fileURLToPath(new URL('fixtures/parent.ts', import.meta.url));
      const [flag = '', fixture = ''] = SERVE;
      const server = new ServerProcess([flag, parent, flag, fixture, side], { BRIDGE_HOME: stateFolder() });
      await server.initialize();
      const holder = await eventually(() => {
        const told = /^pids \d+ (\d+)$/m.exec(server.stderr);
        if (!told) throw new Error('no pids yet');
        return Number(told[1]);
      });
      // Ended first when the test fails: then stdin closes at last, and the server ends in any case.
      onTestFinished(() => void process.kill(holder, 'SIGKILL'));
      server.kill('SIGKILL');
      // Its stdout closes only when the server, which writes to it, has ended too.
      await server.exit;
      expect(process.kill(holder, 0)).toBe(true);
    },
  );

  test('the server needs no environment but a home folder', async () => {
    const HOME = stateFolder();
    const server = start(side, { HOME, USERPROFILE: HOME });
    const answer = await server.call(
      side === 'desktop' ? 'bridge_get_approval_queue' : 'bridge_get_pending_plan',
    );
    expect(answer.isError, answer.text).toBe(false);
    expect(existsSync(`${HOME}/.claude-bridge/bridge.db`)).toBe(true);
  });
});

describe('end of stdin', () => {
  test('the server answers what was asked before its stdin ended', async () => {
    const home = stateFolder();
    const server = start('desktop', { BRIDGE_HOME: home });
    const sent = server.send('tools/call', { name: 'bridge_send_plan', arguments: PLAN });
    const waiting = server.send('tools/call', { name: 'bridge_wait', arguments: { seconds: 25 } });
    server.endInput();
    expect(await server.exit).toBe(0);
    expect(await server.response(sent)).toMatchObject({
      result: { structuredContent: { status: 'pending' } },
    });
    expect(await server.response(waiting)).toMatchObject({ result: { content: [{ type: 'text' }] } });
    expect(await rowsIn(home, 'projects')).toHaveLength(1);
  });
});

describe('a server in a run of the supervisor', () => {
  test('the environment decides which tools Claude sees', async () => {
    const home = stateFolder();
    const scope = { BRIDGE_RUN_ID: 'aaaaaaaaaaaa', BRIDGE_PROJECT_ID: 'bbbbbbbbbbbb' };
    const inRun = start('code', { BRIDGE_HOME: home, ...scope });
    const byHand = start('code', { BRIDGE_HOME: home });
    expect(toolNames(await inRun.request('tools/list'))).toEqual([
      'bridge_send_update',
      'bridge_send_completion',
      'bridge_ask',
    ]);
    expect(toolNames(await byHand.request('tools/list'))).toHaveLength(6);
  });
});

describe('several copies at once', () => {
  test('six Desktops that create the store together with one request_id make one project', async () => {
    const home = stateFolder();
    const copies = Array.from({ length: 6 }, () => start('desktop', { BRIDGE_HOME: home }));
    const send = (copy: ServerProcess) => copy.call('bridge_send_plan', { ...PLAN, request_id: 'one' });
    const answers = await Promise.all(copies.map(send));
    expect(answers.map(({ text, isError }) => (isError ? text : ''))).toEqual(copies.map(() => ''));
    expect(new Set(answers.map(({ facts }) => facts.project_id)).size).toBe(1);
    expect(answers.filter(({ facts }) => facts.repeated === false)).toHaveLength(1);
    expect(await rowsIn(home, 'projects')).toHaveLength(1);
  });

  test('two Desktops that decide differently at the same moment make one decision', async () => {
    const home = stateFolder();
    const worker = start('code', { BRIDGE_HOME: home });
    const [one, two] = [
      start('desktop', { BRIDGE_HOME: home }),
      start('desktop', { BRIDGE_HOME: home }),
    ] as const;
    for (let n = 1; n <= 5; n += 1) {
      const { project_id } = (await one.call('bridge_send_plan', PLAN)).facts;
      await worker.call('bridge_claim_project', { project_id });
      await worker.call('bridge_send_completion', { project_id, summary: 'done' });
      await Promise.all([one, two].map((desktop) => desktop.call('bridge_get_approval_queue')));
      const decisions = await Promise.all([
        one.call('bridge_approve', { project_id }),
        two.call('bridge_reject', { project_id, reason: 'no' }),
      ]);
      expect(decisions.filter(({ isError }) => !isError)).toHaveLength(1);
      expect(decisions.find(({ isError }) => isError)?.text).toMatch(
        /^ERROR: round 1 was (approved|rejected) by desktop at /,
      );
      expect(await rowsIn(home, 'approvals')).toHaveLength(n);
    }
  });

  test('a person, Desktop and Claude Code by hand go the whole way from plan to complete', async () => {
    const home = stateFolder();
    const person = start('desktop', { BRIDGE_HOME: home });
    const worker = start('code', { BRIDGE_HOME: home });
    const { project_id } = (await person.call('bridge_send_plan', PLAN)).facts;
    expect((await worker.call('bridge_get_pending_plan')).facts).toMatchObject({ project_id });
    await worker.call('bridge_claim_project', { project_id });
    await worker.call('bridge_send_update', { project_id, message: 'begun' });
    await worker.call('bridge_send_completion', { project_id, summary: 'one' });
    await person.call('bridge_get_approval_queue');
    await person.call('bridge_reject', { project_id, reason: 'again' });
    expect((await worker.call('bridge_get_approval_status', { project_id })).text).toContain('> again');
    await worker.call('bridge_reset_for_revision', { project_id });
    await worker.call('bridge_send_completion', { project_id, summary: 'two' });
    await person.call('bridge_approve', { project_id, round: 2 });
    const status = await worker.call('bridge_get_approval_status', { project_id });
    expect(status.facts).toMatchObject({ status: 'complete', round: 2 });
  });
});
