/** Supervisor and Claude are killed at each step of asking and answering; the call runs as often as it was allowed. */
import { expect } from 'vitest';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { allowRequest } from '../../src/bridge/requests.ts';
import type { EventType } from '../../src/project/event.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { say } from '../../src/simulator/reply.ts';
import { byConversation, type Script } from '../../src/simulator/script.ts';
import { bridgeCall, type Rig, test, waitUntil } from '../e2e/rig.ts';
import { ASKING, asked, bash, conversation, lineOf, ran, sendAsking } from './asking.ts';

interface Step {
  readonly title: string;
  /** They are killed once the history tells of so many of these. */
  readonly type: EventType;
  readonly count: number;
  /** The person decides before that. */
  readonly isDecided?: true;
  /** Claude is killed, too, as if the power went off. */
  readonly withClaude?: true;
}

const STEPS: readonly Step[] = [
  { title: 'Asked', type: 'request.opened', count: 1 },
  { title: 'Asked, no power', type: 'request.opened', count: 1, withClaude: true },
  { title: 'Put off', type: 'run.ended', count: 1 },
  { title: 'Decided', type: 'request.decided', count: 1, isDecided: true },
  { title: 'Begun', type: 'run.started', count: 2, isDecided: true },
  { title: 'Spawned', type: 'run.spawned', count: 2, isDecided: true },
  { title: 'Spawned, no power', type: 'run.spawned', count: 2, isDecided: true, withClaude: true },
  { title: 'Used', type: 'request.closed', count: 1, isDecided: true },
];

test('a call runs once when it is allowed, though supervisor and Claude are killed at each step on the way', async ({
  rig,
}) => {
  await rig.configure({ ...ASKING, ask_wait: '0s' });
  rig.script = byConversation(
    Object.fromEntries(STEPS.map(({ title }) => [`# Plan: ${title}\n`, untilItRan(title)])),
  );
  for (const step of STEPS) {
    const first = await rig.startSupervisor();
    const id = await sendAsking(rig, step.title);
    const allow = async () => {
      await rig.until(id, 'awaiting_answer');
      const before = conversation(rig, `${step.title}\n`).length;
      await allowRequest(rig.bridge, (await asked(rig, id)).id, 'once', 'desktop');
      return before;
    };
    if (step.isDecided) await allow();
    await told(rig, id, step);
    await first.end('SIGKILL');
    if (step.withClaude) for (const { pid } of await rig.claudes()) process.kill(pid, 'SIGKILL');
    const second = await rig.startSupervisor();
    const before = step.isDecided ? 2 : await allow();
    const { requests } = await rig.until(id, 'awaiting_approval');
    expect({ step, ran: await ran(rig, id) }).toEqual({ step, ran: [lineOf(step.title)] });
    expect(requests.map(({ state }) => state)).toEqual(['used']);
    // It was asked, and made once more; nothing was spent while it waited.
    if (!step.withClaude) expect({ step, before }).toEqual({ step, before: 2 });
    await second.end('SIGTERM');
  }
});

/** Makes the call until it has run, then submits. */
function untilItRan(line: string): Script {
  return (turn) => {
    if (turn.mentions('End your turn now')) return say('ok');
    return turn.mentions('Bash completed')
      ? bridgeCall('bridge_send_completion', { summary: 'Done' })
      : bash(line);
  };
}

async function told(rig: Rig, projectId: ProjectId, { type, count }: Step): Promise<void> {
  await waitUntil(async () => {
    const { events } = await changesSince(rig.bridge, BEGINNING, { waitMs: 0, limit: 1_000, projectId });
    return events.filter((event) => event.type === type).length >= count;
  }, `${count} of ${type}`);
}
