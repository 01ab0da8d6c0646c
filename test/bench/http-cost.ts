/** What the HTTP API costs a supervisor of which nobody asks anything. */
import { setTimeout as delay } from 'node:timers/promises';
import { currentLease } from '../../src/bridge/lease.ts';
import { freePort } from '../free-port.ts';
import { listens } from './http-server.ts';
import type { Measurement, Setting } from './measurement.ts';
import { throughSupervisor } from './plan-to-spawn.ts';
import { residentMb } from './process-cost.ts';
import { createPuppet } from './puppet.ts';
import { onStage } from './stage.ts';
import { byTurns, median, percentile } from './statistics.ts';
import { PATH, startSupervised } from './supervised.ts';

/** V8 tidies up once, some 8 s after a process has come to rest. */
const SETTLE_MS = 15_000;

export const httpCost: Measurement = {
  name: 'http-cost',
  title: 'A supervisor with the HTTP API',
  about:
    'Measured: with the API turned on, and nobody who calls. Yardstick: the same without it, by turns. The start is from the call of spawn until the lease is taken; memory is resident, of both at once, when they have come to rest; of plan to spawn it is the median.',
  async measure({ stage, quick }: Setting) {
    const puppet = await createPuppet(stage);
    const environment = { PATH, HOME: await stage.folder('home'), ...puppet.environment };
    const start = (inStage: typeof stage, name: string, http?: object) =>
      startSupervised(inStage, {
        environment,
        claude: puppet.program,
        name,
        ...(http && { config: { http } }),
      });
    const turnedOn = async () => ({ enabled: true, port: await freePort() });

    const timed = (http: () => Promise<{ readonly port: number } | undefined>) => () =>
      onStage(stage.signal, async (inner) => {
        const settings = await http();
        const from = Date.now();
        const { bridge } = await start(inner, 'state', settings);
        const leasedAt = (await currentLease(bridge))?.startedAt ?? '';
        const leased = Date.parse(leasedAt) - from;
        if (settings) await listens(inner, settings.port);
        return { leased, served: Date.now() - from };
      });
    const starts = await byTurns(quick ? 3 : 15, {
      measured: timed(turnedOn),
      yardstick: timed(async () => undefined),
    });

    const settings = await turnedOn();
    const served = await start(stage, 'with', settings);
    const alone = await start(stage, 'without');
    await listens(stage, settings.port);
    await delay(SETTLE_MS, undefined, { signal: stage.signal });
    const [servedMb, aloneMb] = await Promise.all([residentMb(served.pid), residentMb(alone.pid)]);

    const ways = {
      measured: () => throughSupervisor(stage, served, puppet),
      yardstick: () => throughSupervisor(stage, alone, puppet),
    };
    await byTurns(WARM_UP, ways);
    const { measured, yardstick } = await byTurns(quick ? 20 : 200, ways);
    const p50 = (of: typeof measured) =>
      percentile(
        of.map(({ spawned }) => spawned),
        50,
      );
    return {
      rows: [
        {
          name: 'start',
          unit: 'ms',
          measured: median(starts.measured.map(({ leased }) => leased)),
          yardstick: median(starts.yardstick.map(({ leased }) => leased)),
          aim: { mostMore: 40 },
        },
        { name: 'idle memory', unit: 'MB', measured: servedMb, yardstick: aloneMb, aim: { mostMore: 12 } },
        {
          name: 'plan -> spawn, p50',
          unit: 'ms',
          measured: p50(measured),
          yardstick: p50(yardstick),
          aim: { mostRatio: 1.05 },
        },
      ],
      notes: [
        `The API answers ${median(starts.measured.map(({ served, leased }) => served - leased)).toFixed(0)} ms after the lease is taken: it is loaded then.`,
      ],
    };
  },
};

const WARM_UP = 5;
