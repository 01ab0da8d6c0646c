/** Toolsets beside the tools of the loop: registered when asked for, kept up to date, and taken away alone. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { serverStart } from '../../src/setup/server-start.ts';
import { onWindows } from '../platform.ts';
import { ENTRY, entryIn, type Rig, test } from './rig.ts';

const CHANNELS = { toolsets: ['channels'] } as const;
const channelsIn = (rig: Rig) => serverStart('channels', ENTRY, rig.context.stateDir);
const NEWER = ['/opt/node/bin/node', '/opt/bridge-2/dist/cli.js'];
const IN_CODE = { desktop: null, code: true } as const;

describe('toolsets in Claude Desktop', () => {
  test('setup adds no toolset that nobody asked for', async ({ rig }) => {
    await rig.setup();
    expect(await rig.json()).toEqual({ mcpServers: { claude_bridge_desktop: entryIn(rig) } });
  });

  test('a toolset that was asked for is added, and stays when setup runs again, at the place of today', async ({
    rig,
  }) => {
    await rig.setup(CHANNELS);
    expect(await rig.json()).toEqual({
      mcpServers: { claude_bridge_desktop: entryIn(rig), claude_bridge_channels: channelsIn(rig) },
    });
    await rig.setup({ selfCommand: NEWER });
    expect(await rig.json()).toMatchObject({
      mcpServers: { claude_bridge_channels: serverStart('channels', NEWER, rig.context.stateDir) },
    });
  });

  test('a toolset is removed alone, and what was there before us comes back at the end', async ({ rig }) => {
    const original = '{"mcpServers": {"mine": {"command": "x"}},  "odd":1}\n';
    await rig.given(original);
    await rig.setup(CHANNELS);
    await rig.remove(CHANNELS);
    expect(await rig.json()).toEqual({
      mcpServers: { mine: { command: 'x' }, claude_bridge_desktop: entryIn(rig) },
      odd: 1,
    });
    await rig.remove();
    expect((await rig.bytes()).toString()).toBe(original);
  });

  test('setup --remove takes every toolset away', async ({ rig }) => {
    await rig.setup(CHANNELS);
    await rig.remove();
    expect(await rig.tree()).not.toContain(join('home', 'Claude', 'claude_desktop_config.json'));
  });

  test('the server of the relay is told which client starts it, and is known again', async ({ rig }) => {
    await rig.setup({ toolsets: ['relay'] });
    const entry = serverStart('relay', ENTRY, rig.context.stateDir, 'desktop');
    expect(entry.args.slice(-4)).toEqual(['mcp', 'relay', '--client', 'desktop']);
    expect(await rig.json()).toMatchObject({ mcpServers: { claude_bridge_relay: entry } });
    await rig.setup({ selfCommand: NEWER });
    expect(await rig.json()).toMatchObject({
      mcpServers: { claude_bridge_relay: serverStart('relay', NEWER, rig.context.stateDir, 'desktop') },
    });
    await rig.remove({ toolsets: ['relay'] });
    expect(await rig.json()).toMatchObject({ mcpServers: { claude_bridge_desktop: { command: NEWER[0] } } });
    expect(await rig.json()).not.toHaveProperty('mcpServers.claude_bridge_relay');
  });

  test("another's server under the name of a toolset stays, when only that toolset is removed", async ({
    rig,
  }) => {
    const another = { mcpServers: { claude_bridge_channels: { command: 'python3', args: ['x.py'] } } };
    await rig.given(JSON.stringify(another));
    await rig.remove(CHANNELS);
    expect(await rig.json()).toEqual(another);
  });
});

describe.skipIf(onWindows)('toolsets in Claude Code', () => {
  const names = (rig: Rig) => rig.calls.map((args) => args.slice(0, 3));

  test('setup asks claude for the toolset that was asked for, and for no other', async ({ rig }) => {
    await rig.setup({ ...IN_CODE, ...CHANNELS });
    expect(names(rig)).toEqual([
      ['mcp', 'add', 'claude_bridge_code'],
      ['mcp', 'add', 'claude_bridge_channels'],
    ]);
    expect(rig.calls[1]?.slice(-2)).toEqual(['mcp', 'channels']);
  });

  test('a toolset that is registered is kept up to date, and removed alone', async ({ rig }) => {
    await registered(rig, { claude_bridge_channels: { type: 'stdio', ...channelsIn(rig) } });
    await rig.setup({ ...IN_CODE, selfCommand: NEWER });
    expect(names(rig)).toEqual([
      ['mcp', 'add', 'claude_bridge_code'],
      ['mcp', 'remove', 'claude_bridge_channels'],
      ['mcp', 'add', 'claude_bridge_channels'],
    ]);
    rig.calls.length = 0;
    await rig.remove({ ...IN_CODE, desktop: null, ...CHANNELS });
    expect(names(rig)).toEqual([['mcp', 'remove', 'claude_bridge_channels']]);
  });

  test("another's server under the name of a toolset is given back on removal", async ({ rig }) => {
    const another = { command: 'python3', args: ['x.py'] };
    await registered(rig, { claude_bridge_channels: another });
    expect((await rig.plan({ ...IN_CODE, ...CHANNELS })).warnings).toEqual([
      'Claude Code has another server named claude_bridge_channels: its entry is replaced. setup --remove restores it.',
    ]);
    await rig.setup({ ...IN_CODE, ...CHANNELS });
    await registered(rig, { claude_bridge_channels: { type: 'stdio', ...channelsIn(rig) } });
    rig.calls.length = 0;
    await rig.remove({ ...IN_CODE, desktop: null });
    expect(names(rig)).toEqual([
      ['mcp', 'remove', 'claude_bridge_channels'],
      ['mcp', 'add-json', 'claude_bridge_channels'],
    ]);
    expect(rig.inputs.at(-1)).toBe(JSON.stringify(another));
    expect(await rig.tree()).not.toContain(join('state', 'setup.json'));
  });
});

async function registered({ context }: Rig, mcpServers: object): Promise<void> {
  await mkdir(context.homeDir, { recursive: true });
  await writeFile(join(context.homeDir, '.claude.json'), JSON.stringify({ mcpServers }));
}
