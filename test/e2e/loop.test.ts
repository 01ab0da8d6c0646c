/** The main job: plan, work, submission, rejection, revision in the same session, approval. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { createGate } from '../../src/simulator/gate.ts';
import { call, gated, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { bridgeCall, test, waitUntil } from './rig.ts';

describe('the loop of a plan', () => {
  test('two rounds: rejected work is revised in the same session, approved work is complete', async ({
    rig,
  }) => {
    const folder = await rig.workspace('site');
    const file = join(folder, 'greeting.txt');
    rig.script = sequence([
      bridgeCall('bridge_send_update', { message: 'Writing the greeting' }),
      call('Write', { file_path: file, content: 'hello' }),
      bridgeCall('bridge_send_completion', { summary: 'Wrote a greeting', files_created: ['greeting.txt'] }),
      say('Submitted.'),
      call('Write', { file_path: file, content: 'Good day' }),
      bridgeCall('bridge_send_completion', { summary: 'Made it formal', files_modified: ['greeting.txt'] }),
      say('Submitted again.'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: site\n---\n# Greeting\nWrite a greeting into greeting.txt.');

    const first = await rig.until(id, 'awaiting_approval');
    expect(first.updates.map(({ message }) => message)).toEqual(['Writing the greeting']);
    expect(first.completions[0]).toMatchObject({
      round: 1,
      summary: 'Wrote a greeting',
      filesCreated: ['greeting.txt'],
    });
    expect(await readFile(file, 'utf8')).toBe('hello');

    // A decision ends a run that has submitted: this one is to say its last words to the script.
    await rig.happened('run.ended', id);
    await reject(rig.bridge, id, 'Too informal, be formal', 'desktop');
    const second = await rig.until(id, 'awaiting_approval');
    expect(second.project.round).toBe(2);
    expect(await readFile(file, 'utf8')).toBe('Good day');

    await approve(rig.bridge, id, 'desktop');
    await rig.until(id, 'complete');
    await rig.happened('run.ended', id);
    const { runs } = await rig.details(id);
    expect(runs.map(({ kind }) => kind)).toEqual(['execute', 'revise']);
    expect(new Set(runs.map(({ sessionId }) => sessionId)).size).toBe(1);

    const asked = rig.asked().map(({ userTexts }) => userTexts);
    expect(asked[0]?.join()).toContain('Write a greeting into greeting.txt.');
    expect(asked.at(-1)?.join()).toContain('Too informal, be formal');
    // Approved at once, Claude may be ended before its server has written the line; then the supervisor writes it.
    const status = () => readFile(join(rig.home, 'status', `${id}_status.md`), 'utf8');
    await waitUntil(async () => (await status()).includes('## Completion (round 2'), 'the record of round 2');
    expect(await status()).toContain('## Completion (round 1');
    await rig.logged(/project\.rejected .*reason="Too informal, be formal"/);
  });

  test('every word of the plan reaches Claude, and what it submits is taken though null and lists are written as texts', async ({
    rig,
  }) => {
    const submission = { summary: 'Done', files_created: '["a.txt"]', files_modified: null, caveats: null };
    rig.script = sequence([
      bridgeCall('bridge_send_update', { params: { message: 'Begun' } }),
      bridgeCall('bridge_send_completion', submission),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('---\n# Never touch the prod folder\n---\nClean up the disk.');
    const { updates, completions } = await rig.until(id, 'awaiting_approval');
    expect(rig.asked()[0]?.userTexts.join()).toContain('# Never touch the prod folder');
    expect(updates.map(({ message }) => message)).toEqual(['Begun']);
    expect(completions[0]).toMatchObject({ filesCreated: ['a.txt'], filesModified: [], caveats: '' });
  });

  test('a plan sent while the supervisor is down starts when it is up', async ({ rig }) => {
    rig.script = sequence([bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
    const id = await rig.send('# Sent early\nDo it.');
    await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
  });

  test('an approval given while the supervisor is down completes the project when it is up', async ({
    rig,
  }) => {
    rig.script = sequence([bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
    const id = await rig.send('# Decided while down\nDo it.');
    const supervisor = await rig.startSupervisor();
    await rig.until(id, 'awaiting_approval');
    expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await approve(rig.bridge, id, 'desktop');
    await rig.startSupervisor();
    await rig.until(id, 'complete');
  });

  test('two projects in two workspaces run at once, two in one workspace one after the other', async ({
    rig,
  }) => {
    await rig.workspace('left');
    await rig.workspace('right');
    const finish = () => sequence([bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
    const gate = createGate();
    const slow = () =>
      sequence([gated(gate, bridgeCall('bridge_send_completion', { summary: 'Done' })), say('ok')]);
    rig.script = byConversation({ 'Left one': slow(), 'Right one': slow(), 'Left two': finish() });
    const left = await rig.send('---\nworkspace: left\n---\n# Left one\nGo.');
    const right = await rig.send('---\nworkspace: right\n---\n# Right one\nGo.');
    const behind = await rig.send('---\nworkspace: left\n---\n# Left two\nGo.');
    await rig.configure({ concurrency: 3 });
    await rig.startSupervisor();

    await rig.asks('Left one');
    await rig.asks('Right one');
    expect((await rig.details(behind)).project.status).toBe('pending');
    gate.open();
    for (const id of [left, right, behind]) await rig.until(id, 'awaiting_approval');
  });

  test('higher priority is claimed first, then the older plan', async ({ rig }) => {
    await rig.configure({ concurrency: 1 });
    rig.script = (turn) =>
      turn.toolResults.length > 0 ? say('ok') : bridgeCall('bridge_send_completion', { summary: 'Done' });
    const old = await rig.send('# Old\nGo.');
    const young = await rig.send('# Young\nGo.');
    const urgent = await rig.send('---\npriority: 5\n---\n# Urgent\nGo.');
    await rig.startSupervisor();
    for (const id of [old, young, urgent]) await rig.until(id, 'awaiting_approval');
    const started = await Promise.all([urgent, old, young].map((id) => rig.happened('run.started', id)));
    expect(started.map(({ id }) => id)).toEqual(started.map(({ id }) => id).sort((a, b) => a - b));
  });
});
