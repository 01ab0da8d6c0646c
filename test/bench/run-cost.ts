/** What the supervisor itself costs: for one run from start to end, after many of them, and beside one that waits. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { cancel } from '../../src/bridge/control.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { EventType } from '../../src/project/event.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { Measurement, Setting } from './measurement.ts';
import { processorMs, residentMb } from './process-cost.ts';
import type { Stage } from './stage.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

const WARM_UP_RUNS = 10;

export const runCost: Measurement = {
  name: 'run-cost',
  title: 'What a run costs the supervisor',
  about:
    'Measured: processor time of all threads of the supervisor for one run of a puppet, which begins, says ten things, and is cancelled; the same while one run waits and says nothing; and resident memory after many such runs. Yardstick of the memory: the same supervisor after a tenth of them.',
  async measure({ stage, quick }: Setting) {
    const supervised = await startSupervised(stage, {
      environment: { PATH, HOME: await stage.folder('home') },
      claude: await talkingPuppet(stage),
    });
    const { pid } = supervised;
    const runs = quick ? 200 : 2_000;
    const early = runs / 10;
    for (let run = 0; run < WARM_UP_RUNS; run++) await cancelledRun(supervised);
    const before = await processorMs(pid);
    for (let run = WARM_UP_RUNS; run < early; run++) await cancelledRun(supervised);
    const oneRun = ((await processorMs(pid)) - before) / (early - WARM_UP_RUNS);
    const earlyMb = await residentMb(pid);
    const waiting = await besideWaitingRun(stage, supervised);
    for (let run = early; run < runs; run++) await cancelledRun(supervised);
    return {
      rows: [
        { name: 'processor, one run', unit: 'ms', measured: oneRun, aim: { most: 80 } },
        { name: 'processor, 10 s of waiting', unit: 'ms', measured: waiting, aim: { most: 30 } },
        {
          name: `memory, ${runs} runs`,
          unit: 'MB',
          measured: await residentMb(pid),
          yardstick: earlyMb,
          aim: { mostRatio: 1.05 },
        },
      ],
      notes: quick ? ['Quick: memory still grows with what is loaded and compiled first.'] : [],
    };
  },
};

async function talkingPuppet(stage: Stage): Promise<string> {
  const program = join(stage.root, 'talking-puppet.mjs');
  const source = await readFile(new URL('fixtures/talking-puppet.mjs', import.meta.url), 'utf8');
  await writeFile(program, `#!${process.execPath}\n${source}`);
  await chmod(program, 0o755);
  return program;
}

async function cancelledRun(supervised: Supervised): Promise<void> {
  const id = await startedRun(supervised);
  await cancel(supervised.bridge, id, '', 'person');
  await happened(supervised, id, 'run.ended');
}

/** V8 collects the garbage of the runs before eight seconds after the last of them: it is not what waiting costs. */
const SETTLE_MS = 12_000;

/** Processor time over 10 s while one run is under way that says nothing more. */
async function besideWaitingRun(stage: Stage, supervised: Supervised): Promise<number> {
  const id = await startedRun(supervised);
  await systemClock.sleep(SETTLE_MS, stage.signal);
  const before = await processorMs(supervised.pid);
  await systemClock.sleep(10_000, stage.signal);
  const spent = (await processorMs(supervised.pid)) - before;
  await cancel(supervised.bridge, id, '', 'person');
  await happened(supervised, id, 'run.ended');
  return spent;
}

async function startedRun(supervised: Supervised): Promise<ProjectId> {
  const { bridge, home } = supervised;
  const sent = await sendPlan(bridge, loadConfig(home, {}), { markdown: '# A plan\nDo it.' }, 'desktop');
  if (!sent.ok) throw new Error(sent.refusal);
  const { id } = sent.value.project;
  await happened(supervised, id, 'run.ready');
  return id;
}

async function happened({ bridge, until }: Supervised, id: ProjectId, wanted: EventType): Promise<void> {
  await until(`${wanted} of ${id}`, async () => {
    const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 100, projectId: id });
    return events.find(({ type }) => type === wanted);
  });
}
