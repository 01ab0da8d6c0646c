import { describe, expect, test } from 'vitest';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { finishApproved } from '../../src/bridge/finish.ts';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { claimByHand } from '../../src/bridge/submissions.ts';
import { LIMITS } from '../../src/project/text.ts';
import { BEGINNING, eventsAfter } from '../../src/store/events.ts';
import { waitingMessages } from '../../src/store/messages.ts';
import { createRig } from '../rig.ts';
import {
  accepted,
  begin,
  changingNothing,
  current,
  ending,
  history,
  projectIn,
  refusalOf,
  send,
  submit,
  supervised,
  TOKEN,
} from './steps.ts';
import { measure } from './submitted.ts';

describe('steering', () => {
  test('a steer leaves a message that waits for a run, and the status as it is', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const { message } = accepted(await steer(rig.bridge, id, ' use \x1b[1mRust\x1b[0m ', 'person'));
    expect(message).toMatchObject({ projectId: id, message: 'use Rust', deliveredAt: null, runId: null });
    expect(await waitingMessages(databaseOf(rig.bridge).read, id)).toEqual([message]);
    const [event] = (await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 10, id)).slice(-1);
    expect(event).toMatchObject({
      type: 'project.steered',
      actor: 'person',
      data: { message: 'use Rust', messageId: message.id },
    });
  });

  test('a steer repeated with the same request is one message, whatever has happened since', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const first = accepted(await steer(rig.bridge, id, 'use Rust', 'desktop', 'r'));
    rig.clock.advance(1_000);
    const again = await changingNothing(rig.bridge, () => steer(rig.bridge, id, 'use Zig', 'desktop', 'r'));
    expect(accepted(again)).toMatchObject({ message: first.message, repeated: true });
    accepted(await cancel(rig.bridge, id, '', 'person'));
    const late = await changingNothing(rig.bridge, () => steer(rig.bridge, id, 'use Rust', 'desktop', 'r'));
    expect(accepted(late)).toMatchObject({ message: first.message, repeated: true });
  });

  test('a steer with the same request into another project is another message', async () => {
    await using rig = await createRig();
    const [a, b] = [await send(rig), await send(rig)];
    accepted(await steer(rig.bridge, a.id, 'use Rust', 'desktop', 'r'));
    expect(accepted(await steer(rig.bridge, b.id, 'use Rust', 'desktop', 'r')).repeated).toBe(false);
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /^a non-empty 'message' is required to steer a project.$/],
    ['nothing but codes', '\x1b[2J', /^a non-empty 'message' is required/],
    ['too much', 'x'.repeat(LIMITS.message + 1), /longer than 20000 characters/],
    ['far too much', '\x1b]'.repeat(2_000_000), /longer than 20000 characters/],
  ])('a steer with %s is refused', async (_, message, refusal) => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const reply = await changingNothing(rig.bridge, () => steer(rig.bridge, id, message, 'person'));
    expect(refusalOf(reply)).toMatch(refusal);
  });
});

describe('cancelling', () => {
  test('a cancel is final, and repeating it changes nothing', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const first = accepted(await cancel(rig.bridge, id, 'no longer needed', 'desktop'));
    expect(first).toMatchObject({ project: { status: 'cancelled' }, repeated: false });
    const again = await changingNothing(rig.bridge, () => cancel(rig.bridge, id, 'again', 'desktop'));
    expect(accepted(again)).toMatchObject({ project: { status: 'cancelled' }, repeated: true });
    expect(await history(rig.bridge, id)).toEqual(['project.sent', 'project.cancelled']);
  });

  test('a cancel is refused for a complete project', async () => {
    await using rig = await supervised();
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    await measure(rig);
    accepted(await approve(rig.bridge, id, 'person'));
    await finishApproved({ bridge: rig.bridge, token: TOKEN });
    expect(refusalOf(await cancel(rig.bridge, id, '', 'person'))).toContain("in status 'complete'");
  });

  test('a cancel with a reason that is too long is refused, and the reason is never cut', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const reply = await changingNothing(rig.bridge, () =>
      cancel(rig.bridge, id, 'x'.repeat(LIMITS.reason + 1), 'desktop'),
    );
    expect(refusalOf(reply)).toMatch(/longer than 20000 characters/);
  });
});

describe('retrying', () => {
  test('a retry puts a project that needed a person back into the queue, with its session and round, and new tries', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'attention', {
      claimed_by: 'supervisor',
      session_id: 'conversation',
      round: 2,
      tries: 5,
      not_before: '2030-01-01T00:00:00.000Z',
    });
    const project = accepted(await retry(rig.bridge, id, 'person'));
    expect(project).toMatchObject({
      status: 'pending',
      attention: null,
      claimedBy: null,
      sessionId: 'conversation',
      round: 2,
      tries: 0,
      notBefore: null,
    });
    expect(await current(rig.bridge, id)).toEqual(project);
    const [event] = await eventsAfter(databaseOf(rig.bridge).read, BEGINNING, 10, id);
    expect(event).toMatchObject({ type: 'project.retried', actor: 'person', data: { was: 'because' } });
    // From here anyone may take it up.
    accepted(await claimByHand(rig.bridge, id));
  });
});
