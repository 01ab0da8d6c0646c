/** What it takes to tell many clients what happens. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { changesSince, currentCursor } from '../../src/bridge/changes.ts';
import { pause } from '../../src/bridge/holds.ts';
import { freePort } from '../free-port.ts';
import { readTokens } from '../read-tokens.ts';
import { listens, startServer } from './http-server.ts';
import type { Measurement, Setting } from './measurement.ts';
import { notingCommits } from './noting-commits.ts';
import { processorMs, residentMb } from './process-cost.ts';
import { moment } from './puppet.ts';
import { onStage, type Stage } from './stage.ts';
import { byTurns, median, percentile } from './statistics.ts';
import { PATH, startSupervised } from './supervised.ts';

const MANY = 500;
const EVENTS = 100;
/** A token may have 32 streams. */
const STREAMS_OF_A_TOKEN = 25;

export const httpStreams: Measurement = {
  name: 'http-streams',
  title: `${MANY} clients that follow the history`,
  about: `Measured, by turns, each in a new process: ${MANY} streams in another process, of which every tenth goes away and comes again, and ${EVENTS} events that a third process writes, some 40 ms apart. Times are from the return of the COMMIT to the arrival at a client; memory is what the server has grown by from before the first stream; medians of the turns. Yardstick: a broadcaster of node:http alone, told of each event through a pipe; times are from the write into that.`,
  async measure({ stage, quick }: Setting) {
    const turn = (server: typeof ours, clients: number) => () =>
      onStage(stage.signal, (inner) => play(inner, server, clients));
    const many = await byTurns(quick ? 2 : 7, { measured: turn(ours, MANY), yardstick: turn(bare, MANY) });
    const one = await byTurns(quick ? 1 : 3, { measured: turn(ours, 1), yardstick: turn(bare, 1) });
    const of = (found: typeof many, value: (played: Played) => number) => ({
      measured: median(found.measured.map(value)),
      yardstick: median(found.yardstick.map(value)),
    });
    const sum = (value: (played: Played) => number) =>
      [...many.measured, ...one.measured].map(value).reduce((all, each) => all + each, 0);
    return {
      rows: [
        { name: 'lost', unit: 'events', measured: sum(({ lost }) => lost), aim: { most: 0 } },
        {
          name: 'doubled or in disorder',
          unit: 'events',
          measured: sum((one) => one.wrong),
          aim: { most: 0 },
        },
        { name: 'p50', unit: 'ms', ...of(many, ({ ms }) => percentile(ms, 50)) },
        { name: 'p99', unit: 'ms', ...of(many, ({ ms }) => percentile(ms, 99)), aim: { mostRatio: 2 } },
        { name: 'processor', unit: 'ms', ...of(many, (one) => one.processorMs) },
        { name: 'memory grown', unit: 'MB', ...of(many, (one) => one.grownMb), aim: { mostRatio: 1.3 } },
        {
          name: 'one client, p50',
          unit: 'ms',
          ...of(one, ({ ms }) => percentile(ms, 50)),
          aim: { most: 10 },
        },
      ],
      notes: [],
    };
  },
};

interface Played {
  /** From each event to its arrival at each client. */
  readonly ms: readonly number[];
  readonly lost: number;
  readonly wrong: number;
  readonly processorMs: number;
  readonly grownMb: number;
}

interface Source {
  readonly port: number;
  readonly pid: number;
  readonly tokens: readonly string[];
  /** Makes an event; returns the moment from which it counts. */
  happen(number: number): Promise<number>;
  /** The ids of all events that were made, in their order. */
  ids(): Promise<number[]>;
}

async function ours(stage: Stage, clients: number): Promise<Source> {
  const port = await freePort();
  const { bridge, pid } = await startSupervised(stage, {
    environment: { PATH, HOME: await stage.folder('home') },
    claude: process.execPath,
    config: { http: { enabled: true, port } },
  });
  await listens(stage, port);
  const tokens = await readTokens(bridge, Math.ceil(clients / STREAMS_OF_A_TOKEN));
  const noting = notingCommits(bridge);
  const from = await currentCursor(bridge);
  return {
    ...{ port, pid, tokens },
    async happen(number) {
      await pause(noting.bridge, `pause ${number}`, 'person');
      return noting.committed().moment;
    },
    async ids() {
      const { events } = await changesSince(bridge, from, { waitMs: 0, limit: 10 * EVENTS });
      return events.map(({ id }) => id);
    },
  };
}

async function bare(stage: Stage): Promise<Source> {
  const program = fileURLToPath(new URL('fixtures/bare-broadcaster.mjs', import.meta.url));
  const { port, pid, input } = await startServer(stage, program, [], await freePort());
  const ids: number[] = [];
  return {
    ...{ port, pid, tokens: ['none'] },
    async happen(number) {
      ids.push(number);
      // As long as an event of ours.
      const data = { kind: 'paused', subject: '', scope: 'all', reason: `pause ${number}`, until: null };
      const event = { id: number, project_id: null, run_id: null, type: 'hold.set', actor: 'person', data };
      const from = moment();
      input.write(`${JSON.stringify({ ...event, created_at: new Date().toISOString() })}\n`);
      return from;
    },
    ids: async () => ids,
  };
}

const program = fileURLToPath(new URL('fixtures/stream-clients.mjs', import.meta.url));

async function play(
  stage: Stage,
  start: (stage: Stage, clients: number) => Promise<Source>,
  clients: number,
): Promise<Played> {
  const source = await start(stage, clients);
  const { port, pid, tokens } = source;
  const before = { mb: await residentMb(pid), ms: await processorMs(pid) };
  const args = [program, port, clients, EVENTS, ...tokens].map(String);
  const child = stage.spawn(process.execPath, args, { PATH }, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = linesOf(child);
  await lines.next();
  const happened: number[] = [];
  for (let number = 1; number <= EVENTS; number += 1) {
    await delay(30 + Math.random() * 20, undefined, { signal: stage.signal });
    happened.push(await source.happen(number));
  }
  const ids = await source.ids();
  child.stdin?.write(`${ids.at(-1)}\n`);
  const told = JSON.parse((await lines.next()).value ?? '[]') as { ids: number[]; at: number[] }[];
  const at = new Map(ids.map((id, index) => [id, happened[index] ?? Number.NaN]));
  return {
    ms: told.flatMap((one) => one.ids.map((id, index) => (one.at[index] ?? 0) - (at.get(id) ?? Number.NaN))),
    lost: told.flatMap((one) => ids.filter((id) => !one.ids.includes(id))).length,
    wrong: told.flatMap((one) => one.ids.filter((id, index) => id <= (one.ids[index - 1] ?? 0))).length,
    processorMs: (await processorMs(pid)) - before.ms,
    grownMb: (await residentMb(pid)) - before.mb,
  };
}

function linesOf({ stdout }: ChildProcess): AsyncIterator<string> {
  if (!stdout) throw new Error('the clients were started without a pipe');
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}
