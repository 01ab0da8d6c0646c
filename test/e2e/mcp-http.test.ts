/** The tools over HTTP, called by the real Claude of a person who sits elsewhere. */
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { projects } from '../../src/bridge/queries.ts';
import { runProgram } from '../../src/machine/program.ts';
import { asProjectId } from '../../src/project/ids.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, type Script, sequence } from '../../src/simulator/script.ts';
import { freePort } from '../free-port.ts';
import { bridgeCall, type Rig, test } from './rig.ts';

const PLAN = '---\nworkspace: site\n---\n# Greeting\nWrite a greeting into greeting.txt.';

/** A supervisor with the HTTP API, and the address of its tools for Desktop. */
async function served(
  rig: Rig,
): Promise<{ url: string; token(name: string, role: string): Promise<string> }> {
  const port = await freePort();
  await rig.configure({ http: { enabled: true, port } });
  await rig.startSupervisor();
  await rig.logged('http.listening');
  return {
    url: `http://127.0.0.1:${port}/mcp/desktop`,
    token: async (name, role) => (await rig.command('token', 'add', name, '--role', role)).stdout.trim(),
  };
}

/** Claude Code of a person, in their own folder. */
function claude(rig: Rig, ...args: string[]) {
  // Otherwise the model is told the names of tools alone, and looks for the rest.
  const env = { ...rig.environment, ENABLE_TOOL_SEARCH: 'false' };
  return runProgram(rig.environment.BRIDGE_CLAUDE ?? '', args, { env, cwd: rig.root, timeoutMs: 60_000 });
}

const connect = (rig: Rig, name: string, url: string, token: string) =>
  claude(
    rig,
    ...['mcp', 'add', '--transport', 'http', name, url, '-s', 'user'],
    ...['--header', `Authorization: Bearer ${token}`],
  );

const tool = (name: string, input: Record<string, unknown> = {}) => call(`mcp__bridge__${name}`, input);

describe('MCP over HTTP', () => {
  test('Claude Code elsewhere sends a plan, sees what was measured and approves it, under the name of its token', async ({
    rig,
  }) => {
    const folder = await rig.workspace('site');
    const { url, token } = await served(rig);
    const added = await connect(rig, 'bridge', url, await token('laptop', 'admin'));
    expect(added.code, added.stderr).toBe(0);
    expect((await claude(rig, 'mcp', 'list')).stdout).toMatch(/^bridge: .* Connected$/m);

    const work = sequence([
      call('Write', { file_path: join(folder, 'greeting.txt'), content: 'hello' }),
      bridgeCall('bridge_send_completion', { summary: 'Wrote a greeting', files_created: ['greeting.txt'] }),
      say('Submitted.'),
    ]);
    const person = (script: Script) => {
      rig.script = byConversation({ 'I am the person': script, greeting: work });
      return claude(rig, '-p', 'I am the person', '--allowedTools', 'mcp__bridge');
    };
    const sent = await person(sequence([tool('bridge_send_plan', { plan_markdown: PLAN }), say('Sent.')]));
    expect(sent.stdout.trim(), sent.stderr).toBe('Sent.');
    const [project] = await projects(rig.bridge, { limit: 1 });
    const id = asProjectId(project?.id ?? '');
    await rig.until(id, 'awaiting_approval');

    let queue = '';
    const approved = await person(
      sequence([
        tool('bridge_get_approval_queue'),
        (turn) => {
          queue = turn.toolResults[0]?.text ?? '';
          return tool('bridge_approve', { project_id: id });
        },
        say('Approved.'),
      ]),
    );
    expect(approved.stdout.trim(), approved.stderr).toBe('Approved.');
    expect(queue).toContain('Wrote a greeting');
    const { decisions } = await rig.until(id, 'complete');
    expect(decisions.map(({ decidedBy, decidedVia }) => [decidedBy, decidedVia])).toEqual([
      ['person: laptop', 'http'],
    ]);
  });

  test('Claude Code connects with no token that is wrong, revoked or of a smaller role', async ({ rig }) => {
    const { url, token } = await served(rig);
    const revoked = await token('revoked', 'admin');
    await rig.command('token', 'revoke', 'revoked');
    await connect(rig, 'wrong', url, 'bst_wrong');
    await connect(rig, 'gone', url, revoked);
    await connect(rig, 'small', url, await token('small', 'decide'));
    await connect(rig, 'right', url, await token('right', 'admin'));
    const { stdout } = await claude(rig, 'mcp', 'list');
    const connected = stdout.split('\n').filter((line) => line.endsWith('Connected'));
    expect(
      connected.map((line) => line.split(':')[0]),
      stdout,
    ).toEqual(['right']);
  });
});
