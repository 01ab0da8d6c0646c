import { describe, expect, test } from 'vitest';
import { steer } from '../../../src/bridge/control.ts';
import { endRun } from '../../../src/bridge/end-run.ts';
import { databaseOf } from '../../../src/bridge/open-bridge.ts';
import { ordersFor, recordDelivered, recordPromptDelivered } from '../../../src/bridge/runs.ts';
import type { Run } from '../../../src/project/run.ts';
import { waitingMessages } from '../../../src/store/messages.ts';
import { openingMessage } from '../../../src/supervisor/run/opening.ts';
import { accepted, begin, ending, send, supervised, TOKEN } from '../../bridge/steps.ts';
import type { Rig } from '../../rig.ts';
import { tamper } from '../../store/raw.ts';

const REMEMBERS = false;

/** A project whose second run was just claimed by a session that remembers nothing, with one message in its prompt. */
async function claimed(rig: Rig) {
  const { id } = await send(rig, '# A clock\n\nAs it was sent.');
  const { run } = await begin(rig);
  await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'interrupted' }, ending);
  const say = async (words: string) => accepted(await steer(rig.bridge, id, words, 'person'));
  await say('Early word');
  return { id, say, started: await begin(rig) };
}

const later = async (rig: Rig, run: Run) =>
  (await ordersFor(rig.bridge, run)).messages.map(({ message }) => message);

describe('the opening message of a run', () => {
  test('a message sent between the claim and the start of Claude is sent after the prompt, and is not in its record', async () => {
    await using rig = await supervised();
    const { say, started } = await claimed(rig);
    await say('Late word');
    const text = openingMessage(started, REMEMBERS);
    expect(text).toContain('Early word');
    expect(text).toContain('Run ended');
    expect(text).not.toContain('Late word');
    expect(await later(rig, started.run)).toEqual(['Late word']);
  });

  test('a plan changed between the claim and the start of Claude does not change the prompt', async () => {
    await using rig = await supervised();
    const { id, started } = await claimed(rig);
    tamper(rig.home, "UPDATE plans SET markdown = '# A clock\n\nAs it is now.' WHERE project_id = ?", id);
    expect(openingMessage(started, REMEMBERS)).toContain('As it was sent.');
    expect(openingMessage(started, REMEMBERS)).not.toContain('As it is now.');
  });

  test('a taken-in prompt delivers its own messages, and leaves the later one to be sent', async () => {
    await using rig = await supervised();
    const lease = { bridge: rig.bridge, token: TOKEN };
    const { id, say, started } = await claimed(rig);
    const { message: late } = await say('Late word');
    await recordPromptDelivered(lease, started.run);
    const waiting = () => waitingMessages(databaseOf(rig.bridge).read, id);
    expect(await waiting()).toMatchObject([{ message: 'Late word' }]);
    expect(await later(rig, started.run)).toEqual(['Late word']);
    await recordDelivered(lease, started.run, [late.id]);
    expect(await waiting()).toEqual([]);
    expect(await later(rig, started.run)).toEqual([]);
  });

  test('messages that a run has not taken in are in the prompt of the next, each once', async () => {
    await using rig = await supervised();
    const { say, started } = await claimed(rig);
    await say('Late word');
    await endRun({ bridge: rig.bridge, token: TOKEN }, started.run, { kind: 'interrupted' }, ending);
    const next = await begin(rig);
    expect(next.briefing.messages.map(({ message }) => message)).toEqual(['Early word', 'Late word']);
    expect(await later(rig, next.run)).toEqual([]);
  });
});
