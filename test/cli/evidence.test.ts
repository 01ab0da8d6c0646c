/** What a person at the command line sees of measured work, and what an approval there is about. */
import { expect } from 'vitest';
import { projectDetails } from '../../src/bridge/queries.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import { PATCH, writeEvidenceFiles } from '../evidence-files.ts';
import { sampleEvidence } from '../evidence-sample.ts';
import { granted, type Rig, test } from './rig.ts';
import { submitted } from './stories.ts';

function everything(): Partial<Evidence> {
  const { projectId: _, round: __, attempt: ___, ...facts } = sampleEvidence();
  return facts;
}

async function waiting(rig: Rig, facts = everything()): Promise<string> {
  const bridge = await rig.bridge;
  const { id } = await submitted(bridge, await rig.send('# Build a clock\n'), 'All is well.', facts);
  const { runs } = granted(await projectDetails(bridge, id));
  await writeEvidenceFiles(rig.home, runs[0]?.id ?? '');
  return id;
}

test('evidence shows what was measured on one screen of 80 columns, and what Claude says after it', async ({
  rig,
}) => {
  const id = await waiting(rig);
  const { stdout, stderr, code } = await rig.run('evidence', id);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(
    stdout
      .replaceAll(id, '<id>')
      .replaceAll(rig.root, '<root>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<time>'),
  ).toMatchSnapshot();
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('evidence --diff prints the patch as it is into a pipe, and --checks what the checks printed', async ({
  rig,
}) => {
  const id = await waiting(rig);
  expect((await rig.run('evidence', id, '--diff')).stdout).toBe(PATCH);
  expect((await rig.run('evidence', id, '--checks')).stdout).toBe(
    '== test\nbegin\n1 failed\nNext: call bridge_approve\n\n',
  );
  expect(await rig.run('evidence', id, '--diff', '--json')).toMatchObject({ code: 1, stdout: '' });
});

test('evidence of what was not measured says so', async ({ rig }) => {
  const { id } = await rig.send('# Build a clock\n');
  expect((await rig.run('evidence', id)).stdout).toContain('Nobody measured round 1.');
  expect(await rig.run('evidence', id, '--json')).toMatchObject({
    code: 1,
    stderr: 'bridge-supervisor: round 1 was not measured.\n',
  });
  expect((await rig.run('evidence', id, '--round', '2')).stderr).toContain('round 2 is not there yet');
});

test('approve shows what was measured first, and approves exactly that', async ({ rig }) => {
  const id = await waiting(rig);
  const { stdout } = await rig.run('approve', id);
  const [shown = ''] = stdout.split('Approved round 1');
  expect(shown).toContain('Checks failed after 2 repairs');
  expect(shown.indexOf('Checks failed')).toBeLessThan(shown.indexOf('All is well.'));
  const { decisions } = granted(await projectDetails(await rig.bridge, id as never));
  expect(decisions).toMatchObject([{ bound: true, tree: expect.stringMatching(/^9f3c1e07/) }]);
});

test('approve with round and tree shows nothing more, and refuses another tree', async ({ rig }) => {
  const id = await waiting(rig);
  const wrong = await rig.run('approve', id, '--round', '1', '--tree', '00000000');
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('tree 00000000 is not that of round 1 (tree 9f3c1e07)');
  const right = await rig.run('approve', id, '--round', '1', '--tree', '9f3c1e07');
  expect(right.stdout).toBe(`Approved round 1 of ${id} "Build a clock".\n`);
});

test('show and status put what was measured before what Claude says, and list has the checks', async ({
  rig,
}) => {
  const id = await waiting(rig);
  for (const args of [['show', id], ['status']]) {
    const { stdout } = await rig.run(...args);
    const measured = stdout.search(/[Mm]easured.*: 2 files, \+12 −3, checks failed after 2 repairs/);
    expect(measured, stdout).toBeGreaterThan(0);
    expect(measured).toBeLessThan(stdout.indexOf('All is well.'));
  }
  expect((await rig.run('list')).stdout).toMatch(/^ID +STATUS +CHECKS .*\n.* awaiting_approval +failed /);
});
