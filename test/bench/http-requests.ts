/** What a request costs behind all checks. */
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pause } from '../../src/bridge/holds.ts';
import { databaseFile } from '../../src/state-folder.ts';
import { freePort } from '../free-port.ts';
import { bundleFixture } from './bundle.ts';
import { fillStore } from './fill-store.ts';
import { listens, readTokens, startServer } from './http-server.ts';
import type { Measurement, Row, Setting } from './measurement.ts';
import type { Stage } from './stage.ts';
import { byTurns, median, percentile } from './statistics.ts';
import { PATH, startSupervised } from './supervised.ts';

const PROJECTS = 10_000;
const CONNECTIONS = 8;

export const httpRequests: Measurement = {
  name: 'http-requests',
  title: 'A request of the HTTP API',
  about: `Measured: the built supervisor, asked by another process on ${CONNECTIONS} connections, one request at a time on each; medians of the turns. Yardstick of /health: a server of Hono's with that one route and no check. Yardstick of /projects (50 of ${PROJECTS.toLocaleString('en')}): our own server with one route, the same SELECT, and its rows made JSON as they are.`,
  async measure({ stage, quick }: Setting) {
    const [port, barePort, selectPort] = [await freePort(), await freePort(), await freePort()];
    let token = '';
    const { home } = await startSupervised(stage, {
      environment: { PATH, HOME: await stage.folder('home') },
      // Never asked to: new runs are paused.
      claude: process.execPath,
      config: { http: { enabled: true, port } },
      async prepare(bridge) {
        fillStore(databaseFile(bridge.stateDir), PROJECTS);
        await pause(bridge, 'measuring', 'person');
        [token = ''] = await readTokens(bridge, 1);
      },
    });
    await startServer(stage, await bundleFixture(stage, 'bare-hono'), [], barePort);
    await startServer(stage, await bundleFixture(stage, 'bare-select'), [home], selectPort);
    await listens(stage, port);

    const rows: Row[] = [];
    const compare = async (
      name: string,
      requests: number,
      measured: Asked,
      yardstick: Asked,
      aims: Readonly<Record<'p50' | 'p99' | 'per second', Row['aim']>>,
    ) => {
      const ways = {
        measured: () => load(stage, measured, requests),
        yardstick: () => load(stage, yardstick, requests),
      };
      await byTurns(WARM_UP, ways);
      const found = await byTurns(quick ? 3 : 11, ways);
      const both = (of: (turn: Turn) => number) => ({
        measured: median(found.measured.map(of)),
        yardstick: median(found.yardstick.map(of)),
      });
      rows.push(
        { name: `${name} p50`, unit: 'ms', ...both(({ ms }) => percentile(ms, 50)), ...aimOf(aims.p50) },
        { name: `${name} p99`, unit: 'ms', ...both(({ ms }) => percentile(ms, 99)), ...aimOf(aims.p99) },
        {
          name: `${name} per s`,
          unit: 'requests',
          ...both(({ ms, seconds }) => ms.length / seconds),
          ...aimOf(aims['per second']),
        },
      );
    };
    const health = { path: '/health', token: '' };
    const aims = { p50: undefined, p99: { mostRatio: 2 }, 'per second': { leastRatio: 0.5 } };
    await compare('/health', 4_000, { ...health, port }, { ...health, port: barePort }, aims);
    await compare('.. signed in', 4_000, { ...health, port, token }, { ...health, port: barePort }, aims);
    const projects = { path: '/projects', token };
    await compare(
      '/projects',
      1_000,
      { ...projects, port },
      { ...projects, port: selectPort },
      { p50: { mostRatio: 1.5 }, p99: undefined, 'per second': undefined },
    );
    return { rows, notes: [] };
  },
};

const WARM_UP = 2;

interface Asked {
  readonly port: number;
  readonly path: string;
  readonly token: string;
}

interface Turn {
  readonly ms: readonly number[];
  readonly seconds: number;
}

const client = fileURLToPath(new URL('fixtures/load-client.mjs', import.meta.url));

async function load(stage: Stage, { port, path, token }: Asked, requests: number): Promise<Turn> {
  const args = [client, String(port), path, token, String(CONNECTIONS), String(requests)];
  const child = stage.spawn(process.execPath, args, { PATH }, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = child.stdout ? await text(child.stdout) : '';
  if (said === '') throw new Error(`the client of ${path} on port ${port} failed`);
  return JSON.parse(said);
}

function aimOf(aim: Row['aim']): { aim?: NonNullable<Row['aim']> } {
  return aim ? { aim } : {};
}
