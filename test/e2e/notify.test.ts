/** A person is told what waits for them by the real supervisor: once, also when it is killed as it tells them. */
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { appendEvent } from '../../src/store/events.ts';
import { eventually } from '../eventually.ts';
import { answering, type HttpReceiver, startReceiver } from '../notify/receiver.ts';
import { rowsOf } from '../store/raw.ts';
import { addProject } from '../store/rows.ts';
import { test as base, bridgeCall, type Rig } from './rig.ts';

const SECRET = `whsec_${Buffer.from('a secret of the test').toString('base64')}`;

const test = base.extend<{ receiver: HttpReceiver }>({
  receiver: async ({ rig }, use) => {
    await using receiver = await startReceiver();
    await rig.configure({ notify: [{ via: 'webhook', url: receiver.url, secret: { env: 'HOOK_SECRET' } }] });
    rig.environment.HOOK_SECRET = SECRET;
    await use(receiver);
  },
});

/** What came, each as the oracle has checked it. */
function told({ received }: HttpReceiver): { id: string; type: string }[] {
  return received.map(({ body, headers }) => {
    new Webhook(SECRET).verify(body, headers as Record<string, string>);
    return { id: String(headers['webhook-id']), type: JSON.parse(body).type };
  });
}

/** A project, worked on by hand, that waits for a decision. */
async function waiting({ bridge }: Rig, number: number): Promise<void> {
  await databaseOf(bridge).write(async ({ trx, now }) => {
    const projectId = await addProject(trx, number, { status: 'awaiting_approval', claimed_by: 'code' });
    await appendEvent(trx, {
      ...{ type: 'project.submitted', data: { round: 1, attempt: 1, summary: 'done' } },
      ...{ projectId, runId: null, actor: 'code', createdAt: now },
    });
  });
}

test('a round of real work brings one webhook, and its approval one that takes its place', async ({
  rig,
  receiver,
}) => {
  const folder = await rig.workspace('site');
  rig.script = sequence([
    call('Write', { file_path: join(folder, 'a.txt'), content: 'a' }),
    bridgeCall('bridge_send_completion', { summary: 'Wrote it', files_created: ['a.txt'] }),
    say('Submitted.'),
  ]);
  await rig.startSupervisor();
  const id = await rig.send('---\nworkspace: site\n---\n# A file\nWrite it.');
  await rig.until(id, 'awaiting_approval');
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await approve(rig.bridge, id, 'person');
  await rig.until(id, 'complete');
  await eventually(() => expect(told(receiver)).toHaveLength(2));
  expect(told(receiver).map(({ type }) => type)).toEqual(['project.awaiting_approval', 'project.decided']);
  expect(receiver.received[0]?.json.data).toMatchObject({
    project: { id, title: 'A file', round: 1 },
    files_changed: 1,
  });
  expect(await rig.log()).not.toMatch(/5f3a|whsec/);
});

test('a supervisor that is killed at any step of telling tries once more at most, under the same id, and forgets nothing', async ({
  rig,
  receiver,
}) => {
  const start = async () => {
    const supervisor = await rig.startSupervisor();
    await eventually(() => expect(rowsOf(rig.home, 'receivers')).toHaveLength(1));
    return supervisor;
  };
  const sentSoFar = () => rowsOf(rig.home, 'notifications').filter(({ state }) => state === 'sent').length;
  let number = 0;
  for (const step of ['begun', 'asked', 'answered', 'recorded'] as const) {
    number += 1;
    const before = receiver.received.length;
    const supervisor = await start();
    const answered = new Promise<void>((resolve) => {
      receiver.answer = (response) => {
        if (step === 'asked') return resolve();
        response.on('finish', resolve);
        response.end();
      };
    });
    await waiting(rig, number);
    if (step !== 'begun') await answered;
    if (step === 'recorded') await eventually(() => expect(sentSoFar()).toBe(number));
    await supervisor.end('SIGKILL');
    receiver.answer = answering(204);
    const next = await start();
    await eventually(() => expect(sentSoFar()).toBe(number));
    await next.end('SIGTERM');
    const ids = told(receiver)
      .slice(before)
      .map(({ id }) => id);
    expect({ step, tries: ids.length <= (step === 'recorded' ? 1 : 2), ids: new Set(ids).size }).toEqual({
      ...{ step, tries: true, ids: 1 },
    });
  }
});

test('a receiver that never answers delays neither the work nor the stop', async ({ rig, receiver }) => {
  receiver.answer = () => undefined;
  rig.script = sequence([bridgeCall('bridge_send_completion', { summary: 'Done' }), say('ok')]);
  const supervisor = await rig.startSupervisor();
  const id = await rig.send('# Unmoved\nDo it.');
  await rig.until(id, 'awaiting_approval');
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await approve(rig.bridge, id, 'person');
  await rig.until(id, 'complete');
  expect(await supervisor.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
