import { describe, expect } from 'vitest';
import { cancel } from '../../src/bridge/control.ts';
import { finish } from '../../src/bridge/finish.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { recordLive } from '../../src/bridge/runs.ts';
import { EMPTY_LIVE_STATE } from '../../src/project/run.ts';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';
import { beginRun, holdLease, NOBODY, submit, TOKEN } from './stories.ts';

describe('watch ID', () => {
  test('watch ID tells what happens line by line, and exits 0 when the project is complete', async ({
    rig,
  }) => {
    const bridge = await rig.bridge;
    const { id } = await rig.send('# Import\n\nx\n');
    const watching = rig.start({}, 'watch', id);
    await watching.prints(/pending: It waits in the queue/);
    await holdLease(bridge, NOBODY);
    const run = await beginRun(bridge, NOBODY, { currentTool: 'Read: src/import.ts' });
    await watching.prints(/tool +Read: src\/import\.ts/);
    await recordLive(
      { bridge, token: TOKEN },
      new Map([[run.id, { ...EMPTY_LIVE_STATE, currentTool: 'Bash: npm test' }]]),
    );
    await watching.prints(/tool +Bash: npm test/);
    await submit(bridge, run, 'It imports.');
    await approve(bridge, id, 'desktop');
    await finish(bridge, id, 'supervisor');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    const words = stdout
      .split('\n')
      .map((line) => line.replace(/^\d\d:\d\d:\d\d /, '').replaceAll(/\s+/g, ' '));
    expect(words).toEqual(
      expect.arrayContaining([
        'claimed by the supervisor',
        'update half of it works',
        'submitted round 1: It imports.',
        `bridge-supervisor approve ${id}`,
        'approved round 1, by desktop',
        'complete done',
      ]),
    );
  });

  test('watch ID exits 1 when the project was cancelled', async ({ rig }) => {
    const { id } = await rig.send('# Import\n\nx\n');
    const watching = rig.start({}, 'watch', id);
    await watching.prints(/pending/);
    await cancel(await rig.bridge, id, 'not needed', 'desktop');
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/cancelled +by desktop: not needed/);
    expect(stderr).toContain(`bridge-supervisor: ${id} "Import" was cancelled.`);
  });

  test('watch ID ends at once for a closed project', async ({ rig }) => {
    const { id } = await rig.send('# Import\n\nx\n');
    await cancel(await rig.bridge, id, '', 'person');
    expect(await rig.run('watch', id)).toMatchObject({ code: 1 });
  });

  test('watch ID --json prints one event on each line, with --history from the beginning', async ({
    rig,
  }) => {
    const { id } = await rig.send('# Import\n\nx\n');
    await rig.send('# Another\n\nx\n');
    await cancel(await rig.bridge, id, '', 'person');
    const { stdout } = await rig.run('watch', id, '--json', '--history');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'project.sent', project_id: id, actor: 'desktop', data: { title: 'Import' } },
      { type: 'project.cancelled', project_id: id, actor: 'person' },
    ]);
  });
});

describe('watch', () => {
  test.skipIf(onWindows)(
    'watch follows every project and names each, until it is interrupted with 130 (needs signals)',
    async ({ rig }) => {
      const first = await rig.send('# First\n\nx\n');
      const watching = rig.start({}, 'watch', '--history');
      await watching.prints(new RegExp(`${first.id} sent +First`));
      const second = await rig.send('# Second\n\nx\n');
      await watching.prints(new RegExp(`${second.id} sent +Second`));
      watching.child.kill('SIGINT');
      const { code, stderr } = await watching.ended;
      expect(code).toBe(130);
      expect(stderr).toContain('The supervisor is not running.');
    },
  );

  test('watch ends quietly when nobody reads it any more', async ({ rig }) => {
    await rig.send('# First\n\nx\n');
    const watching = rig.start({}, 'watch', '--json', '--history');
    await watching.prints(/project\.sent/);
    watching.child.stdout?.destroy();
    await rig.send('# Second\n\nx\n');
    await rig.send('# Third\n\nx\n');
    const { code, stderr } = await watching.ended;
    expect({ code, stderr: stderr.replace(/The supervisor is not running.*\n/, '') }).toEqual({
      code: 0,
      stderr: '',
    });
  });
});
