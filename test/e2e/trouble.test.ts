/** What can go wrong in a run, and that nothing is lost or done twice by it. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { currentHolds } from '../../src/bridge/holds.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { apiError, call, gated, hang, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, test, waitUntil } from './rig.ts';

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });

describe('a run that ends before its work is submitted', () => {
  test('a Claude that ends without a completion is sent back into the same session', async ({ rig }) => {
    rig.script = sequence([say('All done, I think.'), submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# Forgetful\nDo it.');
    const { runs } = await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect(runs[0]).toMatchObject({ kind: 'execute', outcome: { kind: 'no_completion' } });
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
    expect(rig.asked().at(-1)?.userTexts.join()).toContain('Claude ended without submitting its work');
  });

  test('a Claude that never submits is given to the person after a bounded number of runs', async ({
    rig,
  }) => {
    rig.script = () => say('I am done.');
    await rig.startSupervisor();
    const id = await rig.send('# Stubborn\nDo it.');
    await rig.happened('project.needs_attention', id);
    const { project, runs } = await rig.details(id);
    expect(runs.length).toBe(3);
    expect(project.attention).toContain('ended without submitting');
    rig.script = sequence([submit(), say('ok')]);
    expect(await retry(rig.bridge, id, 'person')).toMatchObject({ ok: true });
    await rig.until(id, 'awaiting_approval');
  });

  test('a Claude killed in the middle is resumed in its session, with what was interrupted', async ({
    rig,
  }) => {
    const gate = createGate();
    rig.script = sequence([
      bridgeCall('bridge_send_update', { message: 'Half way' }),
      hang(),
      gated(gate, submit()),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Shot down\nDo it.');
    await rig.happened('project.updated', id);
    await waitUntil(async () => rig.asked().length === 2, 'the second request');
    for (const { pid } of await rig.claudes()) process.kill(pid, 'SIGKILL');
    await rig.happened('run.ended', id);
    const retried = await rig.details(id);
    expect(retried.runs[0]?.outcome).toMatchObject({ kind: 'crashed', signal: 'SIGKILL' });
    expect(retried.project).toMatchObject({ status: 'in_progress', tries: 1, notBefore: null });
    gate.open();
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
    expect(rig.asked().at(-1)?.userTexts.join()).toContain('SIGKILL');
  });

  test('a workspace that is renamed during a run has its Claude ended before the next command, which the shell would run in the home folder', async ({
    rig,
  }) => {
    const folder = await rig.workspace('renamed');
    await rig.configure({ allowed_tools: ['Bash'] });
    const gate = createGate();
    rig.script = sequence([
      bridgeCall('bridge_send_update', { message: 'Half way' }),
      gated(gate, call('Bash', { command: 'echo astray > line.txt', description: 'write' })),
      submit(),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: renamed\n---\n# Renamed\nDo it.');
    await waitUntil(async () => rig.asked().length === 2, 'the second request');
    await rename(folder, `${folder}-now`);
    await rig.happened('project.needs_attention', id);
    gate.open();
    const { project, runs } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['workspace_missing']);
    expect(project.attention).toContain(`the folder ${folder} is gone: it was renamed or deleted`);
    expect(await rig.claudes()).toEqual([]);
    expect(await readdir(rig.environment.HOME ?? '')).not.toContain('line.txt');
  });

  test('a tool error is Claude’s to handle, and the run goes on', async ({ rig }) => {
    rig.script = sequence([
      call('Read', { file_path: join(rig.root, 'missing.txt') }),
      bridgeCall('bridge_send_update', { message: '' }),
      (turn) =>
        bridgeCall('bridge_send_completion', { summary: `Worked around: ${turn.toolResults[0]?.text}` }),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Bumpy\nDo it.');
    const { completions, runs } = await rig.until(id, 'awaiting_approval');
    expect(completions[0]?.summary).toContain("ERROR: a non-empty 'message' is required");
    expect(runs.length).toBe(1);
  });

  test('a failing service holds the queue, and the plan loses no try', async ({ rig }) => {
    rig.environment.CLAUDE_CODE_MAX_RETRIES = '0';
    rig.script = () => apiError(500);
    await rig.startSupervisor();
    const id = await rig.send('# Outage\nDo it.');
    await rig.happened('run.ended', id);
    const { project, runs } = await rig.details(id);
    expect(runs[0]?.outcome).toMatchObject({ kind: 'api_error', status: 500 });
    expect(project).toMatchObject({ status: 'in_progress', tries: 0 });
    expect(await currentHolds(rig.bridge)).toMatchObject([{ kind: 'service_unavailable' }]);
  });

  test('a lost conversation starts over with what the record knows', async ({ rig }) => {
    rig.script = sequence([
      bridgeCall('bridge_send_update', { message: 'Laid the foundation' }),
      hang(),
      submit(),
      say('ok'),
    ]);
    const supervisor = await rig.startSupervisor();
    const id = await rig.send('# Amnesia\nDo it.');
    await waitUntil(async () => rig.asked().length === 2, 'the second request');
    await supervisor.end('SIGTERM');
    await rm(join(rig.root, 'home', '.claude', 'projects'), { recursive: true });
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    const told = rig.asked().at(-1)?.userTexts.join() ?? '';
    expect(told).toContain('Laid the foundation');
    expect(told).toContain('# Plan: Amnesia');
  });
});

describe('the person intervenes', () => {
  test('a cancel in the middle ends the run and everything it started', async ({ rig }) => {
    rig.script = sequence([
      call('Bash', { command: 'tail -f /dev/null', description: 'wait' }),
      say('never'),
    ]);
    await rig.configure({ allowed_tools: ['Bash'] });
    await rig.startSupervisor();
    const id = await rig.send('# Called off\nDo it.');
    await waitUntil(
      async () => (await rig.details(id)).runs[0]?.live.currentTool === 'Bash: tail -f /dev/null',
      'the tool call',
    );
    expect(await cancel(rig.bridge, id, 'changed my mind', 'desktop')).toMatchObject({ ok: true });
    await rig.happened('run.ended', id);
    const { project, runs } = await rig.details(id);
    expect(project.status).toBe('cancelled');
    expect(runs[0]?.outcome).toEqual({ kind: 'cancelled' });
    expect(await rig.claudes()).toEqual([]);
  });

  test('a message reaches the run under way, between two steps', async ({ rig }) => {
    const gate = createGate();
    rig.script = sequence([
      gated(gate, bridgeCall('bridge_send_update', { message: 'Working' })),
      (turn) =>
        bridgeCall('bridge_send_completion', { summary: turn.mentions('Use blue instead') ? 'Blue' : 'Red' }),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Steered\nPaint it red.');
    await rig.asks('Paint it red');
    await steer(rig.bridge, id, 'Use blue instead', 'desktop');
    // Claude says that it has queued the message before the model answers.
    const file = join(rig.home, 'runs', `${(await rig.details(id)).runs[0]?.id}.jsonl`);
    await waitUntil(
      async () => (await readFile(file, 'utf8')).split('"state":"queued"').length > 2,
      'the message to be queued',
    );
    gate.open();
    const { completions } = await rig.until(id, 'awaiting_approval');
    expect(completions[0]?.summary).toBe('Blue');
    await rig.happened('project.steering_delivered', id);
    expect((await rig.details(id)).waitingMessages).toEqual([]);
  });

  test('words that look like a command reach the run under way as words, between two steps', async ({
    rig,
  }) => {
    const skill = join(rig.root, 'home', '.claude', 'skills', 'deploy');
    await mkdir(skill, { recursive: true });
    await writeFile(join(skill, 'SKILL.md'), '---\nname: deploy\ndescription: deploys\n---\nDEPLOY NOW');
    const gate = createGate();
    const update = bridgeCall('bridge_send_update', { message: 'Working' });
    rig.script = sequence([gated(gate, update), submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# Words\nRead them.');
    await rig.asks('Read them');
    const words = [
      '/var/log/app.log has the trace',
      '/clear',
      ' /compact everything',
      '/cost',
      '/exit',
      '/deploy fails on the second host',
      '!ls',
      '#keep this',
      '@notes.md is new',
    ];
    for (const each of words) await steer(rig.bridge, id, each, 'desktop');
    const { runs } = await rig.details(id);
    const file = join(rig.home, 'runs', `${runs[0]?.id}.jsonl`);
    await waitUntil(
      async () => (await readFile(file, 'utf8')).split('"state":"queued"').length > words.length + 1,
      'the messages to be queued',
    );
    gate.open();
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    const told = rig.asked()[1]?.userTexts.join('\n') ?? '';
    expect(words.filter((each) => !told.includes(each.trim()))).toEqual([]);
    expect(told).not.toContain('DEPLOY NOW');
    const after = await rig.details(id);
    expect(after.waitingMessages).toEqual([]);
    expect(after.runs).toMatchObject([{ sessionId: after.project.sessionId, costBasis: 'reported' }]);
    expect(after.runs[0]?.costUsd).toBeGreaterThan(0);
  });

  test('a message sent before the run is part of its first prompt', async ({ rig }) => {
    rig.script = sequence([submit(), say('ok')]);
    const id = await rig.send('# Early word\nDo it.');
    await steer(rig.bridge, id, 'Mind the gap', 'desktop');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    expect(rig.asked()[0]?.userTexts.join().split('Mind the gap').length).toBe(2);
    // Claude submits through its own server: the supervisor may read later what it has taken in.
    await rig.happened('project.steering_delivered', id);
    expect((await rig.details(id)).waitingMessages).toEqual([]);
  });
});

describe('the supervisor ends', () => {
  test('SIGTERM in the middle interrupts the run, exits 0, and the next start resumes it', async ({
    rig,
  }) => {
    rig.script = sequence([
      bridgeCall('bridge_send_update', { message: 'Half way' }),
      hang(),
      submit(),
      say('ok'),
    ]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Restarted\nDo it.');
    await waitUntil(async () => rig.asked().length === 2, 'the second request');
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await rig.claudes()).toEqual([]);
    const between = await rig.details(id);
    expect(between.project).toMatchObject({ status: 'in_progress', tries: 0 });
    expect(between.runs[0]?.outcome).toEqual({ kind: 'interrupted' });
    await rig.startSupervisor();
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs[1]).toMatchObject({ kind: 'resume', sessionId: runs[0]?.sessionId });
  });

  test('a killed supervisor leaves Claude working, and the next supervisor adopts it', async ({ rig }) => {
    const gate = createGate();
    rig.script = sequence([gated(gate, submit()), say('ok')]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Orphan\nDo it.');
    await rig.asks('Do it.');
    await first.end('SIGKILL');
    expect((await rig.claudes()).length).toBe(1);
    await rig.startSupervisor();
    await rig.logged(/run\.adopted .*alive=true/);
    gate.open();
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    const { runs } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
  });

  test('submitted work whose supervisor is killed before it is measured is measured by the next one, once', async ({
    rig,
  }) => {
    const gate = createGate();
    rig.script = sequence([submit(), gated(gate, say('ok'))]);
    const first = await rig.startSupervisor();
    const id = await rig.send('# Unmeasured\nDo it.');
    await rig.until(id, 'verifying');
    await first.end('SIGKILL');
    gate.open();
    await waitUntil(async () => (await rig.claudes()).length === 0, 'Claude to end');
    expect((await rig.details(id)).project.status).toBe('verifying');
    await rig.startSupervisor();
    const { runs } = await rig.until(id, 'awaiting_approval');
    expect(runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
    expect((await rig.happened('project.verified', id)).data).toMatchObject({ round: 1, attempt: 1 });
  });

  test('a second supervisor is refused and names the first', async ({ rig }) => {
    const first = await rig.startSupervisor();
    const second = await rig.command('run');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(first.pid));
    expect(second.stderr.trim().split('\n').length).toBe(1);
  });
});
