/** What a model reads, kept as snapshots, so that a change of words is a diff that can be read. */
import { expect, test } from 'vitest';
import { eventText } from '../../src/cli/views/event-text.ts';
import { describeEvent } from '../../src/mcp/texts/event.ts';
import { blockerQuotes, outlook } from '../../src/mcp/texts/project.ts';
import { typeOf } from '../../src/project/event.ts';
import type { Hold } from '../../src/project/hold.ts';
import { asRunId } from '../../src/project/ids.ts';
import { PROJECT_STATUSES, type Project } from '../../src/project/project.ts';
import { statusEntry } from '../../src/project/status-text.ts';
import { EVENT_TYPES, sample } from '../events.ts';
import { code, desktop, stateFolder } from './rig.ts';

const at = '2026-03-01T12:00:00.000Z';
const project = {
  id: '0123456789ab',
  title: 'A clock',
  round: 1,
  workspace: '/w',
  claimedBy: null,
  runId: null,
  attention: null,
  notBefore: null,
  createdAt: at,
  updatedAt: at,
} as unknown as Project;

test('the instructions of both servers match their snapshots', async () => {
  for (const [name, { client }] of [
    ['desktop', await desktop(stateFolder())],
    ['code', await code(stateFolder())],
  ] as const)
    await expect(`${client.getInstructions()}\n`).toMatchFileSnapshot(`texts/instructions-${name}.txt`);
});

test('every refusal of a tool matches its snapshot', async () => {
  const person = await desktop(stateFolder());
  const worker = await code(stateFolder());
  const plan = await person.call('bridge_send_plan', { plan_markdown: '# A clock' });
  const project_id = String(plan.facts.project_id);
  const calls = [
    [person, 'bridge_send_plan', {}],
    [person, 'bridge_send_plan', { plan_markdown: '' }],
    [person, 'bridge_send_plan', { plan_markdown: '---\nmodle: x\n---\n# A' }],
    [person, 'bridge_send_plan', { plan_markdown: '# A', workspace: 'nowhere' }],
    [person, 'bridge_approve', { project_id }],
    [person, 'bridge_reject', { project_id, reason: ' ' }],
    [person, 'bridge_reject', { project_id: 'ffffffffffff', reason: 'x' }],
    [person, 'bridge_steer', { project_id, message: '' }],
    [person, 'bridge_list_projects', { status: 'asleep', sort: 'age' }],
    [person, 'bridge_wait', { cursor: 9_999, seconds: 0 }],
    [person, 'bridge_wait', { seconds: 1_000 }],
    [person, 'bridge_dance', {}],
    [worker, 'bridge_claim_project', { project_id: 'ffffffffffff' }],
    [worker, 'bridge_get_pending_plan', {}],
  ] as const;
  const lines = [];
  for (const [client, tool, args] of calls) {
    const { text } = await client.call(tool, { ...args });
    lines.push(`${tool} ${JSON.stringify(args)}\n${text}\n`);
  }
  const shown = lines.join('\n').replaceAll(project_id, '<project>');
  await expect(shown.replaceAll(/\/[^ ]*\/[^ ]*config\.json/g, '<state>/config.json')).toMatchFileSnapshot(
    'texts/refusals.txt',
  );
});

test('the next step of every status, with everything that can block it, matches its snapshot', async () => {
  const hold = (kind: Hold['kind'], until: string | null, scope = ''): Hold => ({
    kind,
    scope,
    reason: `${kind} in words`,
    since: at,
    until,
    source: 'run',
  });
  const ways = [
    { supervisor: 'running', holds: [] },
    { supervisor: 'not_running', holds: [] },
    { supervisor: 'stopping', holds: [] },
    { supervisor: 'not_responding', holds: [] },
    {
      supervisor: 'running',
      holds: [hold('paused', null), hold('usage_limit', at, 'opus'), hold('disk_low', null)],
    },
  ] as const;
  const texts = PROJECT_STATUSES.flatMap((status) =>
    (['supervisor', 'code'] as const).flatMap((claimedBy) =>
      ways.map((readiness) => {
        const one = { ...project, status, claimedBy };
        const lines = [outlook(one, readiness).next, ...blockerQuotes([one], readiness)];
        return `${status}, claimed by ${claimedBy}, supervisor ${readiness.supervisor}, ${readiness.holds.length} holds:\n${lines.join('\n')}\n`;
      }),
    ),
  );
  await expect(texts.join('\n')).toMatchFileSnapshot('texts/next.txt');
});

test('every event in the words of each reader matches its snapshot', async () => {
  const types = [...EVENT_TYPES, 'project.admired'];
  const texts = types.map((type) => {
    const stamp = { projectId: project.id, runId: asRunId('aaaaaaaaaaaa'), actor: 'desktop', createdAt: at };
    const event = { ...sample(type), ...stamp };
    const { message, quote } = describeEvent(event);
    const { word, text } = eventText(event, new Date(at));
    return [
      typeOf(event),
      `  chat:   ${message}${quote === undefined ? '' : `: ${quote}`}`,
      `  watch:  ${word.padEnd(10)} ${text}`,
      `  status: ${statusEntry(event).trimEnd()}`,
    ].join('\n');
  });
  await expect(`${texts.join('\n')}\n`).toMatchFileSnapshot('texts/events.txt');
});
