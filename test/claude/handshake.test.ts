import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CODE_SERVER } from '../../src/claude/command-line.ts';
import { handshakeMismatch, reviewMismatch } from '../../src/claude/handshake.ts';
import { type Init, readEvent } from '../../src/claude/stream.ts';

const OURS = ['bridge_send_update', 'bridge_send_completion'].map((name) => `mcp__${CODE_SERVER}__${name}`);
const SERVER = { name: CODE_SERVER, status: 'connected' };

function init(changes: Partial<Init> = {}): Init {
  const event = { type: 'system', subtype: 'init', model: 'opus', claude_code_version: '2.1.329' } as const;
  return { ...event, cwd: '/work/site', tools: ['Bash', ...OURS], mcp_servers: [SERVER], ...changes };
}

const run = { folder: '/work/site', denied: async () => [] };

describe('first event of Claude', () => {
  test('the handshake passes with our server, both its tools, and the folder of the run', async () => {
    expect(await handshakeMismatch(init(), run)).toBeUndefined();
  });

  test('a reviewer that is given a tool beyond reading, or another folder, is ended', async () => {
    const tools = ['Read', 'Grep', 'Glob', 'StructuredOutput'];
    const folder = '/work/site';
    expect(await reviewMismatch(init({ tools, mcp_servers: [] }), { folder })).toBeUndefined();
    expect(await reviewMismatch(init({ tools: [...tools, 'Bash'] }), { folder })).toEqual({
      kind: 'tool_unexpected',
      tool: 'Bash',
    });
    expect(await reviewMismatch(init({ tools, cwd: '/work/other' }), { folder })).toMatchObject({
      kind: 'wrong_folder',
    });
  });

  test.each([0, 1])('the handshake fails without one of our tools', async (index) => {
    const tools = ['Bash', ...OURS.filter((_, at) => at !== index)];
    const tool = ['bridge_send_update', 'bridge_send_completion'][index];
    expect(await handshakeMismatch(init({ tools }), run)).toEqual({
      kind: 'tool_denied',
      tool,
      setting: "'permissions.deny' in Claude's settings",
    });
    for (const rule of [`mcp__${CODE_SERVER}`, 'mcp__*', `mcp__${CODE_SERVER}__${tool}`]) {
      const denied = async () => ['WebFetch', rule];
      expect(await handshakeMismatch(init({ tools }), { ...run, denied })).toMatchObject({
        setting: "'deny' of the policy in config.json, 'disallowed_tools', or 'deny' of the plan",
      });
    }
  });

  test('the handshake fails in another folder, and passes in the same one by another path', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'handshake-')));
    onTestFinished(() => rm(root, { recursive: true }));
    const [site, other, link] = [join(root, 'site'), join(root, 'other'), join(root, 'link')];
    for (const folder of [site, other]) await mkdir(folder);
    await symlink(site, link, 'junction');
    const here = { ...run, folder: site };
    expect(await handshakeMismatch(init({ cwd: link }), here)).toBeUndefined();
    expect(await handshakeMismatch(init({ cwd: other }), here)).toEqual({
      kind: 'wrong_folder',
      folder: other,
    });
    expect(await handshakeMismatch(init({ cwd: join(root, 'gone') }), here)).toMatchObject({
      kind: 'wrong_folder',
    });
  });

  test('the handshake fails where a link has replaced the folder since', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'handshake-')));
    onTestFinished(() => rm(root, { recursive: true }));
    const [site, other] = [join(root, 'site'), join(root, 'other')];
    await mkdir(other);
    await symlink(other, site, 'junction');
    for (const cwd of [site, other])
      expect(await handshakeMismatch(init({ cwd }), { ...run, folder: site })).toEqual({
        kind: 'wrong_folder',
        folder: cwd,
      });
  });

  test('the handshake passes with fields left out', async () => {
    expect(await handshakeMismatch(init({ cwd: undefined, tools: [] }), run)).toBeUndefined();
  });
});

async function wrong(mcp_servers: readonly object[]) {
  const event = readEvent(JSON.stringify({ type: 'system', subtype: 'init', mcp_servers }));
  if (event?.kind !== 'init') throw new Error('no init event');
  return handshakeMismatch(event.init, { folder: '/w', denied: async () => [] });
}

test.each([
  'failed',
  'pending',
  'needs-auth',
  'disabled',
  'cached',
  'a status of next year',
])('our tools are missing while their server is not connected: %s', async (status) => {
  expect(await wrong([{ name: CODE_SERVER, status }])).toEqual({ kind: 'tools_missing', status });
});

test.each([
  ['nothing is listed', []],
  ['only others are', [{ name: 'of the owner', status: 'connected' }]],
  ['it is listed without a status', [{ name: CODE_SERVER }]],
])('our tools are missing when %s', async (_, servers) => {
  expect(await wrong(servers)).toEqual({ kind: 'tools_missing', status: 'not listed' });
});

test('our tools are there when their server is connected, whatever others are', async () => {
  const servers = [
    { name: 'of the owner', status: 'failed' },
    { name: CODE_SERVER, status: 'connected' },
  ];
  expect(await wrong(servers)).toBeUndefined();
});
