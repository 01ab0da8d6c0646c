/** How long a committed plan waits until its process exists, when the supervisor has nothing else to do. */

import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { BEGINNING, changesSince } from '../../src/bridge/changes.ts';
import { cancel } from '../../src/bridge/control.ts';
import { projectDetails } from '../../src/bridge/queries.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Measurement, Setting } from './measurement.ts';
import { notingCommits } from './noting-commits.ts';
import { createPuppet, moment, type Puppet } from './puppet.ts';
import type { Stage } from './stage.ts';
import { byTurns, median, percentile } from './statistics.ts';
import { PATH, type Supervised, startSupervised } from './supervised.ts';

export const planToSpawn: Measurement = {
  name: 'plan-to-spawn',
  title: 'Plan committed -> process spawned',
  about:
    'Measured: from the return of the COMMIT in the process that sends the plan to the first moment in the life of the process that the supervisor starts for it, which that process takes down itself, on the clock that all processes share. Plans come one at a time, 20 to 50 ms after the run before has ended. Yardstick: the same program started with child_process.spawn, from the call to the same moment.',
  async measure({ stage, quick }: Setting) {
    const puppet = await createPuppet(stage);
    const environment = { PATH, HOME: await stage.folder('home'), ...puppet.environment };
    const supervised = await startSupervised(stage, { environment, claude: puppet.program });
    const ways = {
      measured: () => throughSupervisor(stage, supervised, puppet),
      yardstick: () => bareSpawn(stage, puppet, environment),
    };
    // Code that runs for the first time is slower than ever after.
    await byTurns(WARM_UP, ways);
    const { measured, yardstick } = await byTurns(quick ? 20 : 200, ways);
    const ours = measured.map(({ spawned }) => spawned);
    const bare = yardstick.map(({ spawned }) => spawned);
    const called = median(yardstick.map(({ known }) => known)).toFixed(1);
    const claimed = median(measured.map(({ known }) => known)).toFixed(0);
    return {
      rows: [
        row('p50', percentile(ours, 50), percentile(bare, 50), 5),
        row('p99', percentile(ours, 99), percentile(bare, 99), 25),
      ],
      notes: [
        `${ours.length} plans. Both include loading the program: of the yardstick's p50, the call of spawn, after which the process exists, is ${called} ms. The supervisor had claimed the plan after some ${claimed} ms (p50).`,
      ],
    };
  },
};

const WARM_UP = 5;

function row(name: string, measured: number, yardstick: number, most: number) {
  return { name, unit: 'ms', measured, yardstick, aim: { most } } as const;
}

interface Spawn {
  /** Until the process's own first moment. */
  readonly spawned: number;
  /** Until the supervisor had claimed the plan, to the millisecond; or until the call of spawn returned. */
  readonly known: number;
}

/** From the commit of a plan until its process has begun. */
export async function throughSupervisor(
  stage: Stage,
  supervised: Supervised,
  puppet: Puppet,
): Promise<Spawn> {
  const { bridge, home, until } = supervised;
  await pause(stage);
  const started = puppet.started();
  const noting = notingCommits(bridge);
  const sent = await sendPlan(
    noting.bridge,
    loadConfig(home, {}),
    { markdown: '# A plan\nDo it.' },
    'desktop',
  );
  if (!sent.ok) throw new Error(sent.refusal);
  const { id } = sent.value.project;
  const spawned = (await started) - noting.committed().moment;

  await cancel(bridge, id, '', 'person');
  await until('the run to end', async () => {
    const { events } = await changesSince(bridge, BEGINNING, { waitMs: 0, limit: 100, projectId: id });
    return events.find(({ type }) => type === 'run.ended');
  });
  const details = await projectDetails(bridge, id);
  const claimedAt = details.ok ? details.value.runs[0]?.createdAt : undefined;
  return { spawned, known: Date.parse(claimedAt ?? '') - noting.committed().time };
}

async function bareSpawn(
  stage: Stage,
  puppet: Puppet,
  environment: Readonly<Record<string, string>>,
): Promise<Spawn> {
  await pause(stage);
  const started = puppet.started();
  // As a run has it: its input a pipe, its output in a file, in a process group of its own.
  const output = openSync(join(stage.root, 'output'), 'a');
  const calledAt = moment();
  const child = stage.spawn(puppet.program, [], environment, {
    stdio: ['pipe', output, output],
    detached: true,
  });
  const known = moment() - calledAt;
  closeSync(output);
  const ended = once(child, 'exit');
  const spawned = (await started) - calledAt;
  child.stdin?.end();
  await ended;
  return { spawned, known };
}

/** Uneven, so that the turns do not fall into step with a timer of the supervisor. */
async function pause(stage: Stage): Promise<void> {
  await systemClock.sleep(20 + Math.random() * 30, stage.signal);
}
