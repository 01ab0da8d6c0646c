/** What counts as a sign of life of the real Claude, and what is kept of it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { bridgeCall, test } from './rig.ts';

const submit = () => bridgeCall('bridge_send_completion', { summary: 'Done' });

describe('signs of life', () => {
  test('an answer of one word a second, for longer than Claude may be silent, is waited for; its pieces are not kept', async ({
    rig,
  }) => {
    await rig.configure({ silence_timeout: '5s' });
    const words = 'one two three four five six seven';
    const slowly = { pace: { chunks: 7, everyMs: 1_000 } };
    rig.script = sequence([
      { ...bridgeCall('bridge_send_update', { message: 'Slowly' }), text: words, ...slowly },
      submit(),
      say('ok'),
    ]);
    await rig.startSupervisor();
    const id = await rig.send('# Slow\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    const { runs } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
    const output = await readFile(join(rig.home, 'runs', `${runs[0]?.id}.jsonl`), 'utf8');
    expect(output).toContain(words);
    expect(output).not.toContain('stream_event');
  });

  test('a hook at its start or end that takes longer than Claude may take to start, or to be silent, is waited for', async ({
    rig,
  }) => {
    await rig.configure({ start_timeout: '5s', silence_timeout: '5s' });
    const hook = { hooks: [{ type: 'command', command: 'sleep 7' }] };
    const settings = { hooks: { SessionStart: [hook], Stop: [hook] } };
    await mkdir(join(rig.root, 'home', '.claude'), { recursive: true });
    await writeFile(join(rig.root, 'home', '.claude', 'settings.json'), JSON.stringify(settings));
    rig.script = sequence([submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# Hooked\nDo it.');
    await rig.until(id, 'awaiting_approval');
    await rig.happened('run.ended', id);
    expect((await rig.details(id)).runs.map(({ outcome }) => outcome?.kind)).toEqual(['submitted']);
  });
});
