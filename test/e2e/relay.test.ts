/** The relay with the real claude: two sessions, one for each side, that ask and answer each other. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { runClaude, temporaryFolder } from '../simulator/claude.ts';
import { test } from './rig.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const relayCall = (tool: string, input: Record<string, unknown>) =>
  call(`mcp__claude_bridge_relay__${tool}`, input);

/** How a client is to start the server of one side. */
async function configFor(client: string, stateDir: string): Promise<string> {
  const config = join(await temporaryFolder('bridge-mcp-'), 'mcp.json');
  const server = {
    command: process.execPath,
    args: [CLI, 'mcp', 'relay', '--client', client],
    env: { BRIDGE_HOME: stateDir },
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
