/** The shared folder with the real claude, in a run of the supervisor. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, test } from './rig.ts';

function folderCall(tool: string, input: Record<string, unknown>) {
  return call(`mcp__claude_bridge_folder__${tool}`, input);
}

describe('a run with the shared folder', () => {
  test('a run reads what lies in the shared folder and leaves its answer there, but for what the policy denies', async ({
    rig,
  }) => {
    const shared = join(rig.root, 'shared');
    await mkdir(shared);
    await writeFile(join(shared, 'spec.md'), `Paint it blue.\n${'More.\n'.repeat(4_000)}`);
    await rig.configure({
      folder: { path: shared },
      toolsets_in_runs: ['folder'],
      policy: { deny: ['mcp__claude_bridge_folder__create_directory'] },
    });
    const seen: string[] = [];
    const tools: string[] = [];
    const note = (turn: { readonly toolResults: readonly { readonly text: string }[] }) =>
      seen.push(turn.toolResults.at(-1)?.text ?? '');
    rig.script = sequence([
      (turn) => {
        tools.push(...turn.tools);
        return folderCall('read_text_file', { path: 'spec.md' });
      },
      (turn) => {
        note(turn);
        return folderCall('write_file', { path: 'answer.md', content: 'It is blue.' });
      },
      (turn) => {
        note(turn);
        return folderCall('create_directory', { path: 'denied' });
      },
      (turn) => {
        note(turn);
        return folderCall('read_text_file', { path: '../state/config.json' });
      },
      (turn) => {
        note(turn);
        return bridgeCall('bridge_send_completion', { summary: 'Done' });
      },
      say('Submitted.'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Paint\nAs the shared folder says.');
    await rig.until(id, 'awaiting_approval');
    const [read = '', written = '', denied = '', outside = ''] = seen;
    expect(tools.filter((name) => name.includes('claude_bridge_folder'))).toHaveLength(6);
    expect(read).toContain('Paint it blue.');
    expect(read).toContain('Go on with from ');
    expect(written).toContain('Successfully wrote to answer.md');
    expect(denied).not.toContain('Successfully');
    expect(outside).toContain('Access denied - path outside allowed directories');
    expect(await readFile(join(shared, 'answer.md'), 'utf8')).toBe('It is blue.');
  });
});
