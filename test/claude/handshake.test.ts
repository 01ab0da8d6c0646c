import { expect, test } from 'vitest';
import { CODE_SERVER } from '../../src/claude/command-line.ts';
import { whatIsWrong } from '../../src/claude/handshake.ts';
import { readEvent } from '../../src/claude/stream.ts';

async function wrong(mcp_servers: readonly object[]) {
  const event = readEvent(JSON.stringify({ type: 'system', subtype: 'init', mcp_servers }));
  if (event?.kind !== 'init') throw new Error('no init event');
  return whatIsWrong(event.init, { workspace: '/w', disallowedTools: [] });
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
