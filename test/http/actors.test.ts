/** Who did what over HTTP, as the history has it. */
import { expect, test } from 'vitest';
import { openRequest, PERMISSION } from '../../src/bridge/open-request.ts';
import { acceptPlan, changeSchedule } from '../../src/bridge/schedules.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { configOfText } from '../../src/config.ts';
import { isWrite } from '../../src/http/define-route.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { accepted, begin, projectIn, send, supervised } from '../bridge/steps.ts';
import type { Rig } from '../rig.ts';
import { type Sent, serve } from './server.ts';

interface Step {
  /** The path and the body of a call that does something. */
  readonly prepare: (rig: Rig) => Promise<{ path: string; body?: Sent['body'] }>;
  /** The events that tell of it. */
  readonly types: readonly string[];
}

/** Each route that does something to work. */
const MOPPED = "---\nschedule: '0 6 * * *'\n---\n# Every morning\n\nMop.";

const STEPS: Readonly<Record<string, Step>> = {
  'POST /projects': {
    prepare: async ({ workspace }) => ({ path: '/projects', body: { markdown: '# A\n\nx', workspace } }),
    types: ['project.sent'],
  },
  'POST /projects/:id/approve': onProject('awaiting_approval', 'approve', {}, ['project.approved']),
  'POST /projects/:id/reject': onProject('awaiting_approval', 'reject', { reason: 'no' }, [
    'project.rejected',
  ]),
  'POST /projects/:id/steer': onProject('in_progress', 'steer', { message: 'hello' }, ['project.steered']),
  'POST /projects/:id/retry': onProject('attention', 'retry', {}, ['project.retried']),
  'POST /projects/:id/cancel': onProject('pending', 'cancel', {}, ['project.cancelled']),
  'POST /questions/:id/answer': {
    prepare: async (rig) => ({
      path: `/questions/${await asked(rig, { kind: 'question', question: 'Which?', options: [], defaultAnswer: null })}/answer`,
      body: { answer: '8080' },
    }),
    types: ['request.decided'],
  },
  'POST /permissions/:id': {
    prepare: async (rig) => ({
      path: `/permissions/${await asked(rig, PERMISSION)}`,
      body: { decision: 'once' },
    }),
    types: ['request.decided'],
  },
  'PUT /projects/:id/plan': {
    prepare: async (rig) => ({
      path: `/projects/${(await send(rig)).id}/plan`,
      body: { markdown: '# Another\n\nx' },
    }),
    types: ['project.amended'],
  },
  'PUT /schedules/:id/plan': onSchedule('plan', ['schedule.amended'], { markdown: MOPPED }),
  'POST /schedules/:id/run': onSchedule('run', ['project.sent']),
  'POST /schedules/:id/pause': onSchedule('pause', ['schedule.changed']),
  'POST /schedules/:id/resume': onSchedule('resume', ['schedule.changed']),
  'POST /schedules/:id/remove': onSchedule('remove', ['schedule.changed']),
  'POST /plans/check': {
    // Nothing is stored.
    prepare: async () => ({ path: '/plans/check', body: { markdown: '# A' } }),
    types: [],
  },
  'POST /pause': { prepare: async () => ({ path: '/pause' }), types: ['hold.set'] },
  'POST /resume': {
    prepare: async () => ({ path: '/resume' }),
    // Nothing is held in this rig: it ends nothing.
    types: [],
  },
  'POST /mcp/desktop': {
    prepare: async () => ({
      path: '/mcp/desktop',
      body: toolCall('bridge_send_plan', { plan_markdown: '# A' }),
    }),
    types: ['project.sent'],
  },
  'POST /mcp/channels': {
    // Whoever sends says under which name.
    prepare: async () => ({ path: '/mcp/channels', body: toolCall('bridge_ping', {}) }),
    types: [],
  },
  'POST /mcp/memory': {
    prepare: async () => ({ path: '/mcp/memory', body: toolCall('memory_set', { key: 'a', value: 1 }) }),
    types: ['memory.set'],
  },
  'POST /mcp/graph': {
    prepare: async () => ({
      path: '/mcp/graph',
      body: toolCall('create_entities', {
        entities: [{ name: 'a', entityType: 't', observations: [] }],
      }),
    }),
    types: ['memory.graph_added'],
  },
  'POST /mcp/folder': {
    // What is done to files is no work, and stands in no record.
    prepare: async () => ({ path: '/mcp/folder', body: toolCall('list_directory', { path: '.' }) }),
    types: [],
  },
  'POST /api/send': {
    // Whoever sends says under which name.
    prepare: async () => ({ path: '/api/send', body: { channel: 'a', sender: 'alice', content: 'x' } }),
    types: [],
  },
  'POST /api/ack': {
    prepare: async (rig) => ({
      path: '/api/ack',
      body: { channel: 'a', consumer_id: 'bob', message_id: await said(rig) },
    }),
    types: [],
  },
  'POST /api/clear': {
    prepare: async (rig) => {
      await said(rig);
      return { path: '/api/clear', body: { channel: 'a' } };
    },
    types: ['channel.cleared'],
  },
  'POST /mcp/code': {
    // What this side does is recorded as done by Claude Code.
    prepare: async () => ({ path: '/mcp/code', body: toolCall('bridge_get_pending_plan', {}) }),
    types: [],
  },
};

/** The id of a message in the channel `a`. */
async function said({ bridge }: Rig): Promise<string> {
  const sent = await sendToChannel(bridge, { channel: 'a', sender: 'alice', content: 'x' });
  if (!sent.ok) throw new Error(sent.refusal.message);
  return sent.value.message.id;
}

function toolCall(name: string, args: object) {
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
}

function onProject(
  status: 'awaiting_approval' | 'in_progress' | 'attention' | 'pending',
  verb: string,
  body: object,
  types: readonly string[],
): Step {
  return {
    prepare: async (rig) => ({ path: `/projects/${await projectIn(rig, status)}/${verb}`, body }),
    types,
  };
}

function onSchedule(verb: string, types: readonly string[], body?: object): Step {
  return {
    async prepare(rig) {
      const markdown = MOPPED.replace('Mop.', 'Sweep.');
      const sent = accepted(
        await acceptPlan(rig.bridge, configOfText('{}', 'config.json', {}), { markdown }, 'desktop'),
      );
      if (sent.kind !== 'schedule') throw new Error('no schedule');
      const { id } = sent.sent.schedule;
      if (verb === 'resume') accepted(await changeSchedule(rig.bridge, id, 'paused', 'desktop'));
      return { path: `/schedules/${id}/${verb}`, ...(body && { body }) };
    },
    types,
  };
}

async function asked(rig: Rig, asking: Parameters<typeof openRequest>[3]): Promise<string> {
  const { id } = await send(rig);
  const { run } = await begin(rig);
  const call = { toolUseId: 'toolu_1', toolName: 'Bash', input: { command: 'npm publish' }, agentId: null };
  return accepted(await openRequest(rig.bridge, { projectId: id, runId: run.id }, call, asking)).id;
}

test.each(Object.entries(STEPS))('%s is recorded under the name of the credential', async (route, step) => {
  await using rig = await supervised();
  await using api = await serve(rig);
  const { path, body } = await step.prepare(rig);
  const before = rig.rowsOf('events').length;
  const answer = await api.call(`${route.split(' ')[0]} ${path}`, { token: api.tokens.admin, body });
  expect(answer.status, answer.text).toBeLessThan(300);
  const told = rig.rowsOf('events').slice(before);
  expect(told.map(({ type, actor }) => [type, actor])).toEqual(
    step.types.map((type) => [type, 'person: admin']),
  );
});

test('every decision over HTTP has the name of the credential, and came by HTTP', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  for (const route of ['POST /projects/:id/approve', 'POST /questions/:id/answer']) {
    const { path, body } = (await STEPS[route]?.prepare(rig)) ?? { path: '' };
    await api.call(`POST ${path}`, { token: api.tokens.decide, body });
  }
  const kept = [...rig.rowsOf('approvals'), ...rig.rowsOf('requests')];
  expect(kept.map(({ decided_by, decided_via }) => [decided_by, decided_via])).toEqual([
    ['person: decide', 'http'],
    ['person: decide', 'http'],
  ]);
});

test('every hold that is ended over HTTP is recorded under the name of the credential', async () => {
  await using rig = await supervised();
  await using api = await serve(rig);
  await api.call('POST /pause', { token: api.tokens.decide });
  await api.call('POST /resume', { token: api.tokens.admin });
  expect(rig.rowsOf('events').map(({ type, actor }) => [type, actor])).toEqual(
    expect.arrayContaining([
      ['hold.set', 'person: decide'],
      ['hold.ended', 'person: admin'],
    ]),
  );
});

test('every route that does something to work is tried under the name of a credential', () => {
  // The old transport hands its messages to the tools of /mcp/channels: test/http/old-transport.test.ts.
  // Scripts and the relay are not served: test/http/mcp.test.ts. A browser asks for pushes itself: test/notify/push.test.ts.
  const writes = ROUTES.filter(
    ({ method, path }) =>
      isWrite({ method }) &&
      !/^\/(tokens|session|notifications|push|messages|mcp\/scripts|mcp\/relay)/.test(path),
  );
  expect(Object.keys(STEPS).sort()).toEqual(writes.map(({ method, path }) => `${method} ${path}`).sort());
});
