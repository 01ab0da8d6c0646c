/** The relay with the real claude: two sessions, one for each side, that ask and answer each other. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { fetchFromRelay, sendToRelay } from '../../src/bridge/relay.ts';
import { RELAY_COMMAND, relayCommandFile } from '../../src/setup/relay-command.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { COMPILED, PROGRAM } from '../built.ts';
import { ServerProcess } from '../mcp/rig.ts';
import { runClaude, temporaryFolder } from '../simulator/claude.ts';
import { bridgeCall, test } from './rig.ts';

const relayCall = (tool: string, input: Record<string, unknown>) =>
  call(`mcp__claude_bridge_relay__${tool}`, input);

/** How a client is to start the server of one side. */
async function configFor(client: string, stateDir: string): Promise<string> {
  const config = join(await temporaryFolder('bridge-mcp-'), 'mcp.json');
  const server = {
    command: process.execPath,
    args: [PROGRAM, 'mcp', 'relay', '--client', client],
    env: { BRIDGE_HOME: stateDir, ...COMPILED },
  };
  await writeFile(config, JSON.stringify({ mcpServers: { claude_bridge_relay: server } }));
  return config;
}

describe('two sessions of claude', () => {
  test('one asks through the relay, the other fetches the question and answers, and the first reads the answer', async () => {
    const stateDir = await temporaryFolder('bridge-state-');
    const heard: string[] = [];
    const note = (turn: { toolResults: readonly { text: string }[] }) =>
      heard.push(turn.toolResults.at(-1)?.text ?? '');
    const script = byConversation({
      'You begin': sequence([relayCall('relay_send', { message: 'Which port?' }), say('Asked.')]),
      'You are on the other side': sequence([
        relayCall('relay_fetch', { reader: 'code' }),
        (turn) => {
          note(turn);
          return relayCall('relay_send', { message: 'Port 8080.' });
        },
        say('Answered.'),
      ]),
      'You go on': sequence([
        relayCall('relay_fetch', { reader: 'desktop' }),
        (turn) => {
          note(turn);
          return say('Read.');
        },
      ]),
    });
    await using simulator = await startSimulator({ script });
    const run = async (client: string, stdin: string) => {
      const args = ['--mcp-config', await configFor(client, stateDir), '--strict-mcp-config'];
      const session = await runClaude(simulator.url, {
        args: [...args, '--allowedTools', 'mcp__claude_bridge_relay'],
        stdin,
      });
      return (await session.ended).result?.result;
    };
    expect(await run('desktop', 'You begin.')).toBe('Asked.');
    expect(await run('code', 'You are on the other side.')).toBe('Answered.');
    expect(await run('desktop', 'You go on.')).toBe('Read.');
    expect(heard[0]).toContain('Which port?');
    expect(heard[1]).toContain('Port 8080.');
    expect(heard[1]).not.toContain('Which port?');
  });
});

describe('/get', () => {
  test('/get reaches Claude whole, with what stands behind it and no permission to ask for', async () => {
    const stateDir = await temporaryFolder('bridge-state-');
    const home = await temporaryFolder('bridge-home-');
    const file = relayCommandFile({ env: {}, homeDir: home });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, RELAY_COMMAND);
    const heard: string[] = [];
    const script = sequence([
      (turn) => {
        heard.push(turn.userTexts.join('\n'));
        return relayCall('relay_fetch', { reader: 'code' });
      },
      (turn) => {
        heard.push(turn.toolResults.at(-1)?.text ?? '');
        return say('Nothing waits.');
      },
    ]);
    await using simulator = await startSimulator({ script });
    const args = ['--mcp-config', await configFor('code', stateDir), '--strict-mcp-config'];
    const session = await runClaude(simulator.url, {
      args,
      stdin: '/get status',
      environment: { HOME: home, USERPROFILE: home },
    });
    expect((await session.ended).result?.result).toBe('Nothing waits.');
    expect(heard[0]).toContain('What stands behind /get, which may be nothing: status');
    expect(heard[0]).not.toContain('sha256');
    expect(heard[1]).toBe('{"messages":[],"waiting":0,"held":0}');
  });
});

describe('mcp relay --idle-timeout', () => {
  test('the server ends with 0 when its client says nothing for so long, and not before', async () => {
    const args = [PROGRAM, 'mcp', 'relay', '--client', 'code', '--idle-timeout', '3'];
    const server = new ServerProcess(args, { BRIDGE_HOME: await temporaryFolder('bridge-state-') });
    await server.initialize();
    const begun = performance.now();
    await server.request('tools/list');
    expect(await server.exit).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(2_900);
    expect(server.stderr).toContain('the client has said nothing for 3 s');
  });
});

describe('runs of the supervisor', () => {
  test('a run with the relay writes to Claude Desktop under its own id, and reads nothing', async ({
    rig,
  }) => {
    await rig.configure({ toolsets_in_runs: ['relay'] });
    await rig.startSupervisor();
    const secret = await sendToRelay(rig.bridge, { sender: 'desktop', message: 'For your own session.' });
    expect(secret.ok).toBe(true);
    const tools: string[] = [];
    rig.script = sequence([
      (turn) => {
        tools.push(...turn.tools);
        return relayCall('relay_send', { message: 'Half way.' });
      },
      bridgeCall('bridge_send_completion', { summary: 'Done' }),
      say('Submitted.'),
    ]);
    const id = await rig.send('# Plan: Together\nWork.');
    await rig.until(id, 'awaiting_approval');
    expect(tools.filter((name) => name.includes('relay'))).toEqual(['mcp__claude_bridge_relay__relay_send']);
    const { runs } = await rig.details(id);
    const fetching = {
      reader: 'desktop',
      client: 'desktop',
      isHeld: false,
      unreadOnly: true,
      limit: 5,
    } as const;
    const { messages } = await fetchFromRelay(rig.bridge, fetching, () => []);
    expect(messages).toMatchObject([{ content: 'Half way.', sender: 'code', runId: runs[0]?.id }]);
  });
});
