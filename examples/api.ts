/**
 * Sends a plan over the HTTP API, follows it live, and approves exactly what was measured. It needs Node 22.18 or newer, and
 * no package:
 *
 *   TOKEN=$(bridge-supervisor token add example --role admin) node examples/api.ts plan.md
 *
 * BRIDGE_URL is where the API is, http://127.0.0.1:7823 unless said otherwise.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

interface BridgeEvent {
  readonly id: number;
  readonly type: string;
  readonly project_id: string | null;
}

interface Story {
  readonly project: { readonly id: string; readonly status: string; readonly round: number };
  readonly rounds: readonly {
    readonly round: number;
    readonly measured: { readonly tree: string | null } | null;
  }[];
}

const url = process.env.BRIDGE_URL ?? 'http://127.0.0.1:7823';
const authorization = `Bearer ${process.env.TOKEN}`;

/** Answers JSON, or throws what the API says is wrong. */
async function api<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization,
      ...(body && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T & { readonly code?: string; readonly detail?: string };
  if (!response.ok) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
}

/** Every event of a project, each once, however often the connection is lost. */
async function* eventsOf(projectId: string): AsyncGenerator<BridgeEvent> {
  let last = '0';
  for (;;) {
    try {
      const headers = { authorization, 'last-event-id': last };
      const response = await fetch(`${url}/events`, { headers });
      if (!response.ok || !response.body) throw new Error(`no stream: ${response.status}`);
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const frames = (text + chunk).split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(frame) ?? [];
          if (id === undefined || data === undefined) continue;
          last = id;
          const event: BridgeEvent = JSON.parse(data);
          if (event.project_id === projectId) yield event;
        }
      }
    } catch (error) {
      console.error(`${(error as Error).message}; trying again`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

const markdown = await readFile(process.argv[2] ?? 'plan.md', 'utf8');
// Started again with the same plan, it goes on with the project of the first time.
const key = createHash('sha256').update(markdown).digest('hex');
const { project } = await api<Story>('POST', '/projects', { markdown }, key);
console.log(`sent ${project.id}`);

for await (const event of eventsOf(project.id)) {
  console.log(event.type);
  if (event.type === 'project.verified') {
    const { project: now, rounds } = await api<Story>('GET', `/projects/${project.id}`);
    const tree = rounds.find(({ round }) => round === now.round)?.measured?.tree;
    // What has changed since is refused.
    if (now.status === 'awaiting_approval')
      await api('POST', `/projects/${project.id}/approve`, { round: now.round, ...(tree && { tree }) });
  }
  if (
    ['project.completed', 'project.landed', 'project.cancelled', 'project.needs_attention'].includes(
      event.type,
    )
  )
    break;
}
const { project: end } = await api<Story>('GET', `/projects/${project.id}`);
console.log(`it is ${end.status}`);
process.exit(end.status === 'complete' ? 0 : 1);
