/** What a request costs behind all checks. */
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pause } from '../../src/bridge/holds.ts';
import { databaseFile } from '../../src/state-folder.ts';
import { freePort } from '../free-port.ts';
import { readTokens } from '../read-tokens.ts';
import { bundleFixture } from './bundle.ts';
import { fillStore } from './fill-store.ts';
import { listens, startServer } from './http-server.ts';
import type { Aim, Measurement, Setting } from './measurement.ts';
import { processorMs } from './process-cost.ts';
import type { Stage } from './stage.ts';
import { byTurns, median, percentile } from './statistics.ts';
import { PATH, startSupervised } from './supervised.ts';

const PROJECTS = 10_000;
const CONNECTIONS = 8;

export const httpRequests: Measurement = {
  name: 'http-requests',
  title: 'A request of the HTTP API',
  about: `Measured: the built supervisor, asked by another process on ${CONNECTIONS} connections, one request at a time on each; medians of the turns. The processor time is that of the server alone, whatever else the machine does. Yardstick of /health: a server of Hono's with that one route and no check. Yardstick of /projects (50 of ${PROJECTS.toLocaleString('en')}): our own server with one route, the same SELECT, and its rows made JSON as they are.`,
  async measure({ stage, quick }: Setting) {
    const [port, barePort, selectPort] = [await freePort(), await freePort(), await freePort()];
    let token = '';
    const { home, pid } = await startSupervised(stage, {
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
    await listens(stage, port);
    const bare = await startServer(stage, await bundleFixture(stage, 'bare-hono'), [], barePort);
    const select = await startServer(stage, await bundleFixture(stage, 'bare-select'), [home], selectPort);
    const ours: Server = { port, pid };
    const compare = async (requests: number, measured: Asked, yardstick: Asked) => {
      const ways = {
        measured: () => load(stage, measured, requests),
        yardstick: () => load(stage, yardstick, requests),
      };
      await byTurns(WARM_UP, ways);
      const found = await byTurns(quick ? 3 : 15, ways);
      return (name: string, unit: 'ms' | 'requests', aim: Aim, of: (turn: Turn) => number) => {
        const [measured, yardstick] = [median(found.measured.map(of)), median(found.yardstick.map(of))];
        return { name, unit, measured, yardstick, aim };
      };
    };
    const path = '/health';
    const open = await compare(4_000, { server: ours, path }, { server: bare, path });
    const signedIn = await compare(4_000, { server: ours, path, token }, { server: bare, path });
    const list = { path: '/projects', token };
    const projects = await compare(1_000, { server: ours, ...list }, { server: select, ...list });
    return {
      rows: [
        open('/health p99', 'ms', { mostRatio: 2 }, p99),
        open('/health per second', 'requests', { leastRatio: 0.5 }, perSecond),
        open('/health processor', 'ms', { mostRatio: 2 }, processor),
        signedIn('signed in p99', 'ms', { mostRatio: 2 }, p99),
        signedIn('signed in per second', 'requests', { leastRatio: 0.5 }, perSecond),
        signedIn('signed in processor', 'ms', { mostRatio: 2 }, processor),
        projects('/projects p50', 'ms', { mostRatio: 1.5 }, p50),
        projects('/projects processor', 'ms', { mostRatio: 1.5 }, processor),
      ],
      notes: [
        'Above the bare server are the small heap of a supervisor, which is collected more often; signed in, the look-up of the token in the store at each request; and writes to a client that waits and has to be woken, the more so the slower a server is.',
      ],
    };
  },
};

const WARM_UP = 2;

interface Server {
  readonly port: number;
  readonly pid: number;
}

interface Asked {
  readonly server: Server;
  readonly path: string;
  readonly token?: string;
}

interface Turn {
  /** How long each request took. */
  readonly ms: readonly number[];
  readonly seconds: number;
  readonly processorMs: number;
}

const p50 = ({ ms }: Turn) => percentile(ms, 50);
const p99 = ({ ms }: Turn) => percentile(ms, 99);
const perSecond = ({ ms, seconds }: Turn) => ms.length / seconds;
const processor = ({ ms, processorMs }: Turn) => processorMs / ms.length;

const client = fileURLToPath(new URL('fixtures/load-client.mjs', import.meta.url));

async function load(stage: Stage, { server, path, token = '' }: Asked, requests: number): Promise<Turn> {
  const before = await processorMs(server.pid);
  const args = [client, String(server.port), path, token, String(CONNECTIONS), String(requests)];
  const child = stage.spawn(process.execPath, args, { PATH }, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = child.stdout ? await text(child.stdout) : '';
  if (said === '') throw new Error(`the client of ${path} on port ${server.port} failed`);
  return { ...JSON.parse(said), processorMs: (await processorMs(server.pid)) - before };
}
