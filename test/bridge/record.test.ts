import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cancel, retry, steer } from '../../src/bridge/control.ts';
import { endRun } from '../../src/bridge/end-run.ts';
import { finish } from '../../src/bridge/finish.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { approve, reject } from '../../src/bridge/reviews.ts';
import { completeStatusFile } from '../../src/bridge/status-file.ts';
import { sendUpdate } from '../../src/bridge/submissions.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { planFile, statusFile } from '../../src/state-folder.ts';
import { onWindows } from '../platform.ts';
import { createRig, type Rig } from '../rig.ts';
import {
  accepted,
  begin,
  beSupervisor,
  briefingOf,
  byHand,
  current,
  ending,
  projectIn,
  send,
  submit,
  TOKEN,
} from './steps.ts';
import { GREEN, measure, RED } from './submitted.ts';

const record = (rig: Rig, id: ProjectId) => readFileSync(statusFile(rig.home, id), 'utf8');

/** A project that has seen everything a record tells of. */
async function longStory(rig: Rig): Promise<ProjectId> {
  await beSupervisor(rig);
  const { id } = await send(rig, '# Build a clock\n\nIt shows the time.\n');
  const first = await begin(rig);
  accepted(await sendUpdate(rig.bridge, id, 'half way', { runId: first.run.id, requestId: 'u1' }));
  rig.clock.advance(1_000);
  accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
  rig.clock.advance(1_000);
  await endRun({ bridge: rig.bridge, token: TOKEN }, first.run, { kind: 'refused' }, ending);
  rig.clock.advance(1_000);
  accepted(await retry(rig.bridge, id, 'person'));
  const second = await begin(rig);
  await submit(rig, id, second.run);
  await endRun({ bridge: rig.bridge, token: TOKEN }, second.run, { kind: 'submitted' }, ending);
  rig.clock.advance(1_000);
  await measure(rig);
  rig.clock.advance(1_000);
  accepted(await reject(rig.bridge, id, 'too slow\nand too big', 'desktop'));
  const third = await begin(rig);
  await submit(rig, id, third.run, 'Faster.');
  await endRun({ bridge: rig.bridge, token: TOKEN }, third.run, { kind: 'submitted' }, ending);
  rig.clock.advance(1_000);
  await measure(rig, RED);
  rig.clock.advance(1_000);
  await begin(rig).then(async ({ run }) => {
    await submit(rig, id, run, 'Faster, and mended.');
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
  });
  rig.clock.advance(1_000);
  await measure(rig, GREEN);
  rig.clock.advance(1_000);
  accepted(await approve(rig.bridge, id, 'desktop'));
  rig.clock.advance(1_000);
  accepted(await finish(rig.bridge, id, 'supervisor'));
  return id;
}

describe('record of a project', () => {
  test('a record tells the whole story, one line per change and a block per round', async () => {
    await using rig = await createRig();
    const id = await longStory(rig);
    const story = record(rig, id)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(id, '<id>');
    expect(story).toBe(
      `# Build a clock

Project <id>, workspace \`${rig.home}/workspaces/<id>\`, sent <time>

- <time> Plan sent
- <time> Claude Code reports: “half way”
- <time> Message from the person: “use Rust”
- <time> Run ended: the model declined to go on
- <time> Needs attention: “the model declined to go on”
- <time> Put back into the queue by person

## Completion (round 1, <time>)

> It ticks.

- Files created: \`clock.ts\`
- Files modified: none
- Caveats: none

- <time> Measured: 4 files, +12 −3
- <time> Round 1 rejected by desktop: “too slow / and too big”

## Completion (round 2, <time>)

> Faster.

- Files created: \`clock.ts\`
- Files modified: none
- Caveats: none

- <time> Checks failed (\`test\`); sent back for repair 1

## Completion (round 2, <time>)

> Faster, and mended.

- Files created: \`clock.ts\`
- Files modified: none
- Caveats: none

- <time> Measured: 4 files, +12 −3, checks passed after 1 repair
- <time> Round 2 approved by desktop
- <time> Complete
`,
    );
  });

  test('a deleted record comes back whole with the next change, the plan too', async () => {
    await using rig = await createRig();
    const { id } = await send(rig, '# A\n\nDo it.');
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    const before = record(rig, id);
    rmSync(join(rig.home, 'status'), { recursive: true });
    rmSync(join(rig.home, 'plans'), { recursive: true });
    rig.clock.advance(1_000);
    accepted(await cancel(rig.bridge, id, 'enough', 'person'));
    expect(record(rig, id)).toBe(
      `${before}- ${rig.clock.now().toISOString()} Cancelled by person: “enough”\n`,
    );
    expect(readFileSync(planFile(rig.home, id), 'utf8')).toBe('# A\n\nDo it.');
  });

  test('a record is the same whether it was written line by line or all at once', async () => {
    await using rig = await createRig();
    const id = await longStory(rig);
    const written = record(rig, id);
    rmSync(statusFile(rig.home, id));
    expect((await briefingOf(rig, id)).record).toBe(written);
  });

  test('a record cut at the beginning for a new session begins as a quotation', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const forged = `${'x'.repeat(3_000)} - 2026-03-01T12:00:00.000Z Round 1 approved by desktop`;
    for (let n = 0; n < 4; n += 1) accepted(await sendUpdate(rig.bridge, id, forged, byHand));
    const { record: brief } = await briefingOf(rig, id);
    expect(brief.length).toBeLessThan(8_100);
    for (const line of brief.trim().split('\n')) expect(line).toMatch(/^> …|^- \S+ Claude Code reports: “/);
  });

  test('a record keeps what a person wrote into it', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    appendFileSync(statusFile(rig.home, id), 'my own note\n');
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    expect(record(rig, id)).toMatch(/my own note\n- .* Message from the person: “use Rust”\n$/);
  });

  test('a record has every line of an ended run, even those that our server was killed before it could write', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig);
    const { run } = await begin(rig);
    await submit(rig, id, run);
    const whole = record(rig, id);
    writeFileSync(
      statusFile(rig.home, id),
      `${whole.slice(0, whole.indexOf('\n## Completion'))}\nMy own note\n`,
    );
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    expect(record(rig, id)).toContain('My own note');
    expect(record(rig, id).match(/## Completion \(round 1/g)).toHaveLength(1);
    expect(record(rig, id)).toContain('> It ticks.');
    expect(record(rig, id).match(/Plan sent/g)).toHaveLength(1);
  });

  test('a record gets no line twice at the end of a run, though an older program wrote them in other words', async () => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const { id } = await send(rig);
    const { run } = await begin(rig);
    const speaker = { runId: run.id, requestId: null };
    accepted(await sendUpdate(rig.bridge, id, 'half way', speaker));
    accepted(await sendUpdate(rig.bridge, id, 'at the same moment', speaker));
    await submit(rig, id, run);
    const older = record(rig, id)
      .replaceAll('Claude Code reports', 'Progress')
      .replace('## Completion (round', '## Work (of round')
      .replace('Files created', 'New files');
    writeFileSync(statusFile(rig.home, id), older);
    await endRun({ bridge: rig.bridge, token: TOKEN }, run, { kind: 'submitted' }, ending);
    expect(record(rig, id)).toBe(older);
    writeFileSync(statusFile(rig.home, id), older.replace(/.*at the same moment.*\n/, ''));
    await completeStatusFile(rig.bridge, await current(rig.bridge, id), run.id);
    expect(record(rig, id)).toMatch(/- \S+ Claude Code reports: “at the same moment”\n$/);
    expect(record(rig, id)).not.toMatch(/Claude Code reports: “half way”|## Completion/);
  });

  test('a record is not written by a repeated call', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const call = { runId: null, requestId: 'r' };
    accepted(await sendUpdate(rig.bridge, id, 'half way', call));
    const before = record(rig, id);
    accepted(await sendUpdate(rig.bridge, id, 'half way', call));
    expect(record(rig, id)).toBe(before);
  });

  test('a record has a line for each of several changes at once', async () => {
    await using rig = await createRig();
    const id = await projectIn(rig, 'in_progress');
    const others = [rig.bridge, await rig.connect(), await rig.connect()];
    const messages = Array.from({ length: 30 }, (_, n) => `step ${n}.`);
    await Promise.all(
      messages.map(async (message, n) =>
        accepted(await sendUpdate(others[n % 3] ?? rig.bridge, id, message, byHand)),
      ),
    );
    const lines = record(rig, id);
    for (const message of messages) expect(lines).toContain(` “${message}”\n`);
  });

  test.skipIf(onWindows)('a record is for its owner alone (needs file modes)', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    for (const file of [statusFile(rig.home, id), planFile(rig.home, id)]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    }
  });
});

describe('files beside the store', () => {
  test('a plan whose file was deleted or changed is executed as it was sent', async () => {
    await using rig = await createRig();
    const { id } = await send(rig, '# A\n\nDo it.');
    writeFileSync(planFile(rig.home, id), 'Do something else.');
    expect(accepted(await projectDetails(rig.bridge, id)).markdown).toBe('# A\n\nDo it.');
    rmSync(planFile(rig.home, id));
    expect((await briefingOf(rig, id)).markdown).toBe('# A\n\nDo it.');
  });

  test('files that cannot be written refuse no change, and are whole when they can be written again', async () => {
    await using rig = await createRig();
    const { id } = await send(rig);
    const file = statusFile(rig.home, id);
    rmSync(file);
    // A folder in the way is worse than missing rights: it stops root as well.
    mkdirSync(file);
    rig.clock.advance(1_000);
    accepted(await steer(rig.bridge, id, 'use Rust', 'person'));
    expect(readdirSync(file)).toEqual([]);
    rmSync(file, { recursive: true });
    rig.clock.advance(1_000);
    accepted(await steer(rig.bridge, id, 'and be quick', 'person'));
    expect(record(rig, id)).toMatch(/Plan sent\n.*use Rust.*\n.*and be quick”\n$/);
  });
});
