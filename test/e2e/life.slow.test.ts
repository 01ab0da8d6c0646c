/** What counts as a sign of life of the real Claude, and what is kept of it. */

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { cancel, steer } from '../../src/bridge/control.ts';
import { reject } from '../../src/bridge/reviews.ts';
import { identify } from '../../src/machine/identity.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { call, say } from '../../src/simulator/reply.ts';
import { sequence } from '../../src/simulator/script.ts';
import { onLinux } from '../platform.ts';
import { bridgeCall, type Rig, test, waitUntil } from './rig.ts';

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
    const output = () => readFile(join(rig.home, 'runs', `${runs[0]?.id}.jsonl`), 'utf8');
    // They are taken out only when the end is in the store.
    await waitUntil(async () => !(await output()).includes('stream_event'), 'the pieces to be taken out');
    expect(await output()).toContain(words);
  });

  test('a hook at its start or end that takes longer than Claude may take to start, or to be silent, is waited for', async ({
    rig,
  }) => {
    await rig.configure({ start_timeout: '8s', silence_timeout: '5s' });
    const hook = (seconds: number) => [{ hooks: [{ type: 'command', command: `sleep ${seconds}` }] }];
    const settings = { hooks: { SessionStart: hook(10), Stop: hook(7) } };
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

describe('Claude that works on after its submission', () => {
  /** Sends a plan whose Claude submits and then writes one file after the other. */
  async function busy(rig: Rig, workspace: string) {
    rig.script = (turn) =>
      turn.mentions('Elsewhere') || !turn.mentions('# Busy')
        ? submitted(turn)
        : turn.toolResults.length === 0
          ? submit()
          : call(
              'Write',
              { file_path: join(workspace, `${rig.asked().length}.txt`), content: 'x' },
              { delayMs: 200 },
            );
    await rig.startSupervisor();
    const id = await rig.send('---\nworkspace: shared\n---\n# Busy\nDo it.');
    const next = await rig.send('---\nworkspace: shared\n---\n# Next\nElsewhere');
    await rig.until(id, 'verifying');
    await waitUntil(async () => (await readdir(workspace)).length > 0, 'it to work on');
    return { id, next };
  }
  const submitted = (turn: { readonly toolResults: readonly unknown[] }) =>
    turn.toolResults.length === 0 ? submit() : say('ok');

  /** The run is over as submitted, nothing was written since, and the next plan for its folder goes on. */
  async function isOver(rig: Rig, workspace: string, { id, next }: { id: ProjectId; next: ProjectId }) {
    const { createdAt } = await rig.happened('run.ended', id);
    const { runs } = await rig.details(id);
    expect(runs.map(({ outcome }) => outcome)).toEqual([{ kind: 'submitted' }]);
    await rig.until(next, 'awaiting_approval');
    for (const name of await readdir(workspace))
      expect((await stat(join(workspace, name))).mtimeMs).toBeLessThanOrEqual(Date.parse(createdAt));
  }

  test('a Claude that works on after its submission is ended after a grace; the next plan for its folder goes on', async ({
    rig,
  }) => {
    const workspace = await rig.workspace('shared');
    await rig.configure({ last_words_timeout: '4s' });
    await isOver(rig, workspace, await busy(rig, workspace));
  });

  test('a Claude that works on after its submission hears nothing more: a message is for the next round', async ({
    rig,
  }) => {
    const workspace = await rig.workspace('shared');
    await rig.configure({ last_words_timeout: '4s' });
    const { id } = await busy(rig, workspace);
    await steer(rig.bridge, id, 'Use tabs', 'person');
    await rig.until(id, 'awaiting_approval');
    await reject(rig.bridge, id, 'Not yet', 'person');
    const { runId } = await rig.happened('project.steering_delivered', id);
    const { runs } = await rig.details(id);
    expect(runs.map((run) => [run.kind, run.id === runId])).toEqual([
      ['execute', false],
      ['revise', true],
    ]);
  });

  test('a Claude that works on after its submission is ended at once by a cancel, and the submission stays its outcome', async ({
    rig,
  }) => {
    const workspace = await rig.workspace('shared');
    const plans = await busy(rig, workspace);
    await cancel(rig.bridge, plans.id, '', 'person');
    await isOver(rig, workspace, plans);
    expect((await rig.details(plans.id)).project.status).toBe('cancelled');
  });
});

test.skipIf(!onLinux)(
  'a daemon that Claude has started, in a session of its own and without environment, ends with the run or is named in the log (needs Linux)',
  async ({ rig }) => {
    await rig.configure({ allowed_tools: ['Bash'] });
    const file = join(rig.root, 'daemon');
    const daemon = `setsid -f env -i /bin/sh -c 'echo $$ > ${file}; exec /usr/bin/tail -f /dev/null' > /dev/null 2>&1`;
    const seen = `while [ ! -s ${file} ]; do sleep 0.1; done`;
    rig.script = sequence([call('Bash', { command: `${daemon}; ${seen}` }), submit(), say('ok')]);
    await rig.startSupervisor();
    const id = await rig.send('# Daemon\nDo it.');
    await rig.happened('run.ended', id);
    const pid = Number(await readFile(file, 'utf8'));
    const left = await identify(pid);
    if (!left) return;
    process.kill(pid, 'SIGKILL');
    await waitUntil(async () => (await rig.log()).includes(`pid=${pid}`), 'it to be named');
    await rig.logged(new RegExp(`WARN {2}run\\.stray .*pid=${pid}`));
  },
);
