/** Channels with the real claude: two sessions that talk to each other, and runs that have them only when listed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { newestInChannel } from '../../src/bridge/channels.ts';
import { sendToChannel } from '../../src/bridge/send-to-channel.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { byConversation, sequence } from '../../src/simulator/script.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { COMPILED, PROGRAM } from '../built.ts';
import { runClaude, temporaryFolder } from '../simulator/claude.ts';
import { bridgeCall, test } from './rig.ts';

const C = 'shop:build';

function channelCall(tool: string, input: Record<string, unknown>) {
  return call(`mcp__claude_bridge_channels__${tool}`, input);
}

describe('two sessions of Claude Code', () => {
  test('two sessions in two workspaces ask and answer each other through a channel', async () => {
    const stateDir = await temporaryFolder('bridge-state-');
    const config = join(await temporaryFolder('bridge-mcp-'), 'mcp.json');
    const server = {
      command: process.execPath,
      args: [PROGRAM, 'mcp', 'channels'],
      env: { BRIDGE_HOME: stateDir, ...COMPILED },
    };
    await writeFile(config, JSON.stringify({ mcpServers: { claude_bridge_channels: server } }));
    const wait = channelCall('bridge_wait', { channel: C, consumer_id: 'backend', timeout_seconds: 25 });
    const heard: string[] = [];
    const script = byConversation({
      'You are the frontend': sequence([
        channelCall('bridge_send', { channel: C, sender: 'frontend', content: 'Which port?' }),
        (turn) => {
          const id =
            /id: ([\w-]{36})/.exec(turn.toolResults.at(-1)?.text ?? '')?.[1] ??
            /"id":"([\w-]{36})"/.exec(turn.toolResults.at(-1)?.text ?? '')?.[1];
          return channelCall('bridge_wait', { channel: C, since_id: id, timeout_seconds: 25 });
        },
        (turn) => {
          heard.push(turn.toolResults.at(-1)?.text ?? '');
          return say('Asked.');
        },
      ]),
      'You are the backend': sequence([
        wait,
        (turn) => {
          heard.push(turn.toolResults.at(-1)?.text ?? '');
          return channelCall('bridge_send', { channel: C, sender: 'backend', content: 'Port 8080.' });
        },
        say('Answered.'),
      ]),
    });
    await using simulator = await startSimulator({ script });
    const args = [
      '--mcp-config',
      config,
      '--strict-mcp-config',
      '--allowedTools',
      'mcp__claude_bridge_channels',
    ];
    const backend = await runClaude(simulator.url, { args: [...args], stdin: 'You are the backend.' });
    const frontend = await runClaude(simulator.url, { args: [...args], stdin: 'You are the frontend.' });
    expect((await frontend.ended).result?.result).toBe('Asked.');
    expect((await backend.ended).result?.result).toBe('Answered.');
    expect(heard.join()).toContain('Which port?');
    expect(heard.join()).toContain('Port 8080.');
  });
});

describe('runs of the supervisor', () => {
  test('a run has no tools of channels unless they are listed, and then speaks under its own id', async ({
    rig,
  }) => {
    const seen: string[][] = [];
    const submit = bridgeCall('bridge_send_completion', { summary: 'Done' });
    rig.script = byConversation({
      '# Plan: Alone': sequence([
        (turn) => {
          seen.push([...turn.tools]);
          return submit;
        },
        say('Submitted.'),
      ]),
    });
    const supervisor = await rig.startSupervisor();
    const alone = await rig.send('# Plan: Alone\nWork.');
    await rig.until(alone, 'awaiting_approval');
    await rig.happened('run.ended', alone);
    expect(seen.flat().filter((name) => name.includes('channels'))).toEqual([]);
    await supervisor.end('SIGTERM');

    await rig.configure({ toolsets_in_runs: ['channels'] });
    await rig.startSupervisor();
    let channel = '';
    rig.script = sequence([
      (turn) => {
        seen.push([...turn.tools]);
        return channelCall('bridge_receive', { channel });
      },
      (turn) => {
        seen.push([turn.toolResults.at(-1)?.text ?? '']);
        return channelCall('bridge_send', { channel, content: 'Half way.' });
      },
      channelCall('bridge_receive', { channel: C }),
      (turn) => {
        seen.push([turn.toolResults.at(-1)?.text ?? '']);
        return submit;
      },
      say('Submitted.'),
    ]);
    await rig.command('pause');
    const id = await rig.send('# Plan: Together\nWork.');
    channel = `${id}:main`;
    await sendToChannel(rig.bridge, { channel, sender: 'alice', content: 'Mind the gap.' });
    await rig.command('resume');
    await rig.until(id, 'awaiting_approval');
    const [tools = [], first = [], refused = []] = seen.slice(1);
    expect(tools).toContain('mcp__claude_bridge_channels__bridge_send');
    expect(tools).not.toContain('mcp__claude_bridge_channels__bridge_clear');
    expect(first.join()).toContain('Mind the gap.');
    expect(refused.join()).toContain('channel: this run may use only channels whose names begin with');
    const { runs } = await rig.details(id);
    const messages = await newestInChannel(rig.bridge, channel, 5);
    expect(messages.map(({ sender }) => sender)).toEqual(['alice', runs[0]?.id]);
  });
});
