/** What stops when something fails: everybody for what all share, one project for what is its own. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { currentHolds } from '../../src/bridge/holds.ts';
import { asProjectId, type ProjectId } from '../../src/project/ids.ts';
import type { ProjectDetails } from '../../src/project/project-details.ts';
import { apiError, say } from '../../src/simulator/reply.ts';
import type { ScriptTurn } from '../../src/simulator/turn.ts';
import { createFront, html } from '../front.ts';
import { tamper } from '../store/raw.ts';
import { bridgeCall, type Rig, test, waitUntil } from './rig.ts';

const asRoot = process.getuid?.() === 0;

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });
/** Submits, and says goodbye. */
const work = (turn: ScriptTurn) => (turn.toolResults.length > 0 ? say('ok') : submit());

/** The time of every hold is up: what else would be waited for. */
function holdsAreDue(rig: Rig): void {
  tamper(rig.home, 'UPDATE holds SET until = ?', new Date().toISOString());
}

async function sendAll(rig: Rig, count: number): Promise<ProjectId[]> {
  const ids: ProjectId[] = [];
  for (let n = 1; n <= count; n++) ids.push(await rig.send(`# Plan ${n}\nDo it.`));
  return ids;
}

async function allDetails(rig: Rig, ids: readonly ProjectId[]): Promise<ProjectDetails[]> {
  return Promise.all(ids.map((id) => rig.details(id)));
}

/** Nothing was parked, and no project has lost a try. */
async function nothingIsHeldAgainst(rig: Rig, ids: readonly ProjectId[]): Promise<void> {
  for (const { project } of await allDetails(rig, ids)) {
    expect(['pending', 'in_progress']).toContain(project.status);
    expect(project).toMatchObject({ tries: 0, attention: null });
  }
}

async function runsOf(rig: Rig, ids: readonly ProjectId[]): Promise<number> {
  return (await allDetails(rig, ids)).flatMap(({ runs }) => runs).length;
}

/** Waits until every run has ended, and what follows from it is in the store. */
async function allRunsEnded(rig: Rig, ids: readonly ProjectId[]): Promise<void> {
  const ended = async () =>
    (await allDetails(rig, ids)).every(({ runs }) => runs.every(({ outcome }) => outcome !== null));
  await waitUntil(ended, 'the runs under way to end');
}

describe('faults of the service', () => {
  test.for([
    ['is out of reach', undefined],
    ['is behind a gateway that fails', html(502)],
    ['is behind a gateway that knows no such page', html(404)],
    ['is behind the login page of a network', html(200)],
    ['is behind a firewall that forbids it', html(403)],
  ] as const)('a service that %s gets one hold and one probe for all, no plan is parked, and all go on when it is back', async ([
    ,
    page,
  ], { rig }) => {
    await using front = await createFront(rig.simulator.url);
    if (page) await front.answer(page);
    rig.environment.ANTHROPIC_BASE_URL = front.url;
    rig.environment.CLAUDE_CODE_MAX_RETRIES = '0';
    rig.script = work;
    await rig.configure({ concurrency: 2 });
    const ids = await sendAll(rig, 3);
    await rig.startSupervisor();
    await rig.happened('hold.set');
    await allRunsEnded(rig, ids);
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'service_unavailable', scope: '', until: expect.any(String) },
    ]);
    expect(await runsOf(rig, ids)).toBeLessThanOrEqual(2);
    await nothingIsHeldAgainst(rig, ids);

    const before = await runsOf(rig, ids);
    holdsAreDue(rig);
    await waitUntil(async () => (await runsOf(rig, ids)) > before, 'a probe');
    await allRunsEnded(rig, ids);
    expect(await runsOf(rig, ids)).toBe(before + 1);
    await nothingIsHeldAgainst(rig, ids);

    await front.forward();
    holdsAreDue(rig);
    for (const id of ids) await rig.until(id, 'awaiting_approval');
    await rig.noHolds();
  });

  test("a service that is back is found by the next run when the probe's plan has lost its folder", async ({
    rig,
  }) => {
    await using front = await createFront(rig.simulator.url);
    rig.environment.ANTHROPIC_BASE_URL = front.url;
    rig.environment.CLAUDE_CODE_MAX_RETRIES = '0';
    rig.script = work;
    await rig.configure({ concurrency: 1 });
    const gone = await rig.workspace('gone');
    const ids = await sendAll(rig, 1);
    const lost = await rig.send('---\nworkspace: gone\n---\n# Lost\nDo it.');
    await rm(gone, { recursive: true });
    await rig.startSupervisor();
    await rig.happened('hold.set');
    await allRunsEnded(rig, ids);
    await front.forward();
    holdsAreDue(rig);
    await rig.happened('project.needs_attention', lost);
    for (const id of ids) await rig.until(id, 'awaiting_approval');
  });

  test('resume does not wait for a service that leaves the probe unanswered', async ({ rig }) => {
    await using front = await createFront(rig.simulator.url);
    rig.environment.ANTHROPIC_BASE_URL = front.url;
    rig.environment.CLAUDE_CODE_MAX_RETRIES = '0';
    const gate = Promise.withResolvers<void>();
    rig.script = async (turn) => {
      if (turn.userTexts[0]?.includes('Plan 1')) await gate.promise;
      return work(turn);
    };
    await rig.configure({ concurrency: 2 });
    const [first = asProjectId('')] = await sendAll(rig, 1);
    await rig.startSupervisor();
    await rig.happened('hold.set');
    await allRunsEnded(rig, [first]);
    await front.forward();
    holdsAreDue(rig);
    await rig.asks('Plan 1');
    const second = await rig.send('# Plan 2\nDo it.');
    expect((await rig.command('resume')).code).toBe(0);
    await rig.until(second, 'awaiting_approval');
    gate.resolve();
    await rig.until(first, 'awaiting_approval');
  });

  test('a service that refuses a conversation for good gets a new session, which has the record, and submits', async ({
    rig,
  }) => {
    rig.script = (turn) => {
      if (turn.userTexts.length > 1) return apiError(400);
      if (turn.userTexts[0]?.includes('Laid the foundation')) return work(turn);
      return turn.toolResults.length > 0
        ? say('bye')
        : bridgeCall('bridge_send_update', { message: 'Laid the foundation' });
    };
    await rig.startSupervisor();
    const id = await rig.send('# Poisoned\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    const refused = runs.filter(({ outcome }) => outcome?.kind === 'request_refused');
    expect(refused).toHaveLength(2);
    expect(new Set(refused.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(runs.at(-1)?.sessionId).not.toBe(refused[0]?.sessionId);
  });
});

describe('faults of a model', () => {
  const knownOnly = (turn: ScriptTurn) => (turn.model === 'claude-sonet-5' ? apiError(404) : work(turn));

  test('a configured model that does not exist gets one hold with its name and place; corrected, all go on with the right one', async ({
    rig,
  }) => {
    rig.script = knownOnly;
    await rig.configure({ model: 'claude-sonet-5' });
    const ids = await sendAll(rig, 3);
    const first = await rig.startSupervisor();
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([
      { kind: 'model_unavailable', reason: expect.stringMatching(/'claude-sonet-5'.*config\.json/) },
    ]);
    await nothingIsHeldAgainst(rig, ids);
    await first.end('SIGTERM');
    await rig.configure({ model: 'claude-sonnet-5' });
    await rig.startSupervisor();
    for (const id of ids) {
      const { runs } = await rig.until(id, 'awaiting_approval');
      expect(runs.at(-1)?.model).toBe('claude-sonnet-5');
    }
  });

  test("a plan's model that does not exist makes that plan alone need a person", async ({ rig }) => {
    rig.script = knownOnly;
    const bad = await rig.send('---\nmodel: claude-sonet-5\n---\n# Typo\nDo it.');
    const good = await rig.send('# Fine\nDo it.');
    await rig.startSupervisor();
    await rig.until(good, 'awaiting_approval');
    await rig.happened('project.needs_attention', bad);
    expect((await rig.details(bad)).project.attention).toContain("'claude-sonet-5' (the plan's model)");
    expect(await currentHolds(rig.bridge)).toEqual([]);
  });

  test('a withdrawn model of a session is replaced by the one of the configuration, and the session goes on', async ({
    rig,
  }) => {
    let withdrawn = false;
    rig.script = (turn) => {
      if (turn.model === 'claude-sonnet-4-5' && withdrawn) return apiError(404);
      return work(turn);
    };
    await rig.configure({ model: 'claude-sonnet-4-5' });
    const first = await rig.startSupervisor();
    const id = await rig.send('# Long lived\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await first.end('SIGTERM');
    withdrawn = true;
    await rig.configure({ model: 'claude-sonnet-5' });
    await rig.startSupervisor();
    expect((await rig.command('reject', id, '--reason', 'Not yet')).code).toBe(0);
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.at(-1)?.model).toBe('claude-sonnet-5');
    expect(new Set(runs.map(({ sessionId }) => sessionId)).size).toBe(1);
  });
});

describe('faults of one workspace', () => {
  test('a workspace that kept our server out and is fixed gives Claude the whole plan, even in a session begun without', async ({
    rig,
  }) => {
    const bad = await rig.workspace('bad');
    const settings = join(bad, '.claude', 'settings.json');
    await mkdir(join(bad, '.claude'));
    await writeFile(settings, JSON.stringify({ deniedMcpServers: [{ serverName: 'claude_bridge_code' }] }));
    await rig.configure({ workspaces: { bad: { path: bad, claude_settings: 'all' } } });
    rig.script = work;
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: bad\n---\n# Ill\nPaint the shed blue.');
    await rig.happened('hold.set');
    await allRunsEnded(rig, [id]);
    await rm(settings);
    expect((await rig.command('resume')).code).toBe(0);
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome?.kind)).toContain('tools_missing');
    expect(rig.asked()[0]?.userTexts.join('\n')).toContain('Paint the shed blue.');
  });

  test('a workspace that keeps our server out by its settings alone needs a person, and the others are tried next', async ({
    rig,
  }) => {
    const bad = await rig.workspace('bad');
    await mkdir(join(bad, '.claude'));
    const settings = { deniedMcpServers: [{ serverName: 'claude_bridge_code' }] };
    await writeFile(join(bad, '.claude', 'settings.json'), JSON.stringify(settings));
    await rig.configure({ workspaces: { bad: { path: bad, claude_settings: 'all' } } });
    rig.script = work;
    const ill = await rig.send('---\nworkspace: bad\n---\n# Ill\nDo it.');
    const sound = await sendAll(rig, 3);
    await rig.startSupervisor();
    await rig.happened('hold.set');
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'tools_missing' }]);
    const submitted = async () => {
      holdsAreDue(rig);
      return (await allDetails(rig, sound)).every(({ project }) => project.status === 'awaiting_approval');
    };
    await waitUntil(submitted, 'the sound plans to be submitted');
    await rig.happened('project.needs_attention', ill);
    const { runs, project } = await rig.details(ill);
    expect(runs.length).toBeLessThanOrEqual(3);
    expect(project.attention).toContain('without the bridge tools');
    await rig.noHolds();
  });
});

describe('faults of claude', () => {
  test.skipIf(!asRoot)(
    'a claude that cannot start is held after a few runs with its own words, and nothing is parked (needs root, as whom claude refuses to bypass permissions)',
    async ({ rig }) => {
      rig.script = work;
      await rig.configure({ permission_mode: 'bypassPermissions' });
      const ids = await sendAll(rig, 8);
      const first = await rig.startSupervisor();
      await rig.happened('hold.set');
      await allRunsEnded(rig, ids);
      expect(await currentHolds(rig.bridge)).toMatchObject([
        { kind: 'claude_failing', reason: expect.stringContaining('root') },
      ]);
      expect(await runsOf(rig, ids)).toBeLessThanOrEqual(4);
      await nothingIsHeldAgainst(rig, ids);
      await first.end('SIGTERM');
      await rig.configure({ permission_mode: 'acceptEdits' });
      await rig.startSupervisor();
      for (const id of ids) await rig.until(id, 'awaiting_approval');
    },
  );
});
