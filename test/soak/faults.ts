/** What goes wrong, and when: kills and freezes of every kind of process, and bad weather at the service. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from './journal.ts';
import { claudesAmong, isCodeServer, type Living, livingIn, signal } from './living.ts';
import type { Random } from './random.ts';
import { measureRecovery, type Service } from './service.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import type { Storm, Weather } from './weather.ts';
import type { World } from './world.ts';

export interface FaultOptions {
  readonly world: World;
  readonly store: StoreView;
  readonly service: Service;
  readonly weather: Weather;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly random: Random;
  readonly afterKill: () => Promise<void>;
  /** Whether there is time for a supervisor to be frozen past its lease. */
  readonly long: boolean;
}

/** Makes things go wrong until `stop` aborts. */
export async function makeFaults(options: FaultOptions, stop: AbortSignal): Promise<void> {
  const { random, afterKill } = options;
  const measuring: Promise<void>[] = [];
  while (!stop.aborted) {
    await delay(random.wait(BETWEEN_MS), undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) break;
    const fault = random.weighted(options.long ? WEIGHTS : { ...WEIGHTS, 'freeze past the lease': 0 });
    if (options.service.isSpared && STRIKES_SUPERVISOR.test(fault)) continue;
    const before = options.store.lease()?.token;
    const happened = await FAULTS[fault](options, measuring, stop);
    if (!happened) continue;
    options.tally.kill(fault);
    await afterKill();
    // On a slow machine the next one would strike nobody.
    if (fault.startsWith('supervisor SIG')) await isReplaced(options.store, before, stop);
  }
  await Promise.all(measuring);
}

/** Where the soak was too short for them: kills in the moments that promise the most. Until `stop` aborts. */
export async function makeSure(options: FaultOptions, stop: AbortSignal): Promise<void> {
  const { tally, afterKill } = options;
  const measuring: Promise<void>[] = [];
  for (const fault of SURE)
    while (!tally.kills.has(fault) && !stop.aborted) {
      if (!(await FAULTS[fault](options, measuring, stop))) continue;
      tally.kill(fault);
      await afterKill();
    }
  await Promise.all(measuring);
}

const SURE = [
  'supervisor SIGKILL in a check',
  'supervisor SIGKILL in a landing',
  'supervisor SIGKILL as it asks',
] as const;

async function isReplaced(store: StoreView, before: string | undefined, stop: AbortSignal): Promise<void> {
  const deadline = performance.now() + REPLACED_TIMEOUT_MS;
  while (store.lease()?.token === before && !stop.aborted && performance.now() < deadline)
    await delay(LOOK_MS);
}

const REPLACED_TIMEOUT_MS = 20_000;

const BETWEEN_MS = 1_200;
const STRIKES_SUPERVISOR = /^supervisor |^freeze /;

const WEIGHTS = {
  'supervisor SIGKILL': 22,
  'supervisor SIGTERM': 6,
  'supervisor frozen': 7,
  'supervisor and claude SIGKILL': 7,
  'claude SIGKILL': 17,
  'claude SIGKILL in mid-call': 6,
  'code server SIGKILL': 4,
  'code server SIGKILL in mid-call': 10,
  'supervisor SIGKILL in mid-call': 6,
  'supervisor SIGKILL in a check': 7,
  'supervisor SIGKILL in a landing': 9,
  'supervisor SIGKILL as it asks': 7,
  'claude SIGKILL as it asks': 6,
  'code server SIGKILL as it asks': 5,
  'API trouble': 14,
  'usage limit': 4,
  'freeze past the lease': 1,
};

type Fault = keyof typeof WEIGHTS;
type Do = (options: FaultOptions, measuring: Promise<void>[], stop: AbortSignal) => Promise<boolean>;

const FAULTS: Readonly<Record<Fault, Do>> = {
  'supervisor SIGKILL': (options, measuring) => killSupervisor(options, measuring),
  async 'supervisor SIGTERM'({ service }) {
    return service.send('SIGTERM');
  },
  async 'supervisor frozen'({ service, random }) {
    if (!(await service.send('SIGSTOP'))) return false;
    await delay(random.whole(200, 6_000));
    await service.send('SIGCONT');
    return true;
  },
  'freeze past the lease': ({ service, store }) => service.freezePastLease(store),
  async 'supervisor and claude SIGKILL'(options, measuring) {
    const claude = await oneOf(options, claudesAmong);
    const killed = await killSupervisor(options, measuring);
    if (claude) await signal(claude.identity, 'SIGKILL');
    return killed;
  },
  async 'claude SIGKILL'(options) {
    const claude = await oneOf(options, claudesAmong);
    return claude !== undefined && signal(claude.identity, 'SIGKILL');
  },
  async 'code server SIGKILL'(options) {
    const server = await oneOf(options, (living) => living.filter(isCodeServer));
    if (server?.run !== undefined) options.journal.bereft.add(server.run);
    return server !== undefined && signal(server.identity, 'SIGKILL');
  },
  'claude SIGKILL in mid-call': (options, _, stop) => killInCall(options, claudesAmong, stop),
  'code server SIGKILL in mid-call': (options, _, stop) =>
    killInCall(options, (living) => living.filter(isCodeServer), stop),
  async 'supervisor SIGKILL in mid-call'(options, measuring, stop) {
    return (await reporting(options, stop)) !== undefined && killSupervisor(options, measuring);
  },
  async 'supervisor SIGKILL in a check'(options, measuring, stop) {
    const before = options.store.events('project.checking').length;
    const isChecking = () => options.store.events('project.checking').length > before;
    return (await comes(options, isChecking, stop)) && killSupervisor(options, measuring);
  },
  async 'supervisor SIGKILL in a landing'(options, measuring, stop) {
    const isLanding = () =>
      options.store
        .projects()
        .some(({ id, status }) => status === 'approved' && options.store.worktreeOf(id) !== undefined);
    return (await comes(options, isLanding, stop)) && killSupervisor(options, measuring);
  },
  async 'supervisor SIGKILL as it asks'(options, measuring, stop) {
    return (await asking(options, stop)) !== undefined && killSupervisor(options, measuring);
  },
  'claude SIGKILL as it asks': async (options, _, stop) =>
    killOf(options, await asking(options, stop), claudesAmong),
  'code server SIGKILL as it asks': async (options, _, stop) =>
    killOf(options, await asking(options, stop), (living) => living.filter(isCodeServer)),
  async 'API trouble'({ weather, random }) {
    const storm: Storm = random.weighted({ error: 5, overloaded: 3, throttle: 2, drop: 4, hang: 2 });
    // Most pass while Claude tries again by itself; some last until it gives up.
    weather.brew(storm, storm !== 'hang' && random.chance(0.12) ? 4 : 1);
    return true;
  },
  async 'usage limit'({ weather, random }) {
    weather.brew('limit', random.whole(3, 9));
    return true;
  },
};

async function killSupervisor(options: FaultOptions, measuring: Promise<void>[]): Promise<boolean> {
  const { service, world, store, tally } = options;
  if (!(await service.supervisor())) {
    await delay(LOOK_MS);
    return false;
  }
  measuring.push(measureRecovery(service, world, store, tally));
  return service.send('SIGKILL');
}

/** Kills a process of a run about when it calls our server, or is being answered. */
async function killInCall(
  options: FaultOptions,
  choose: (living: readonly Living[]) => Living[],
  stop: AbortSignal,
): Promise<boolean> {
  return killOf(options, await reporting(options, stop), choose);
}

async function killOf(
  options: FaultOptions,
  project: string | undefined,
  choose: (living: readonly Living[]) => Living[],
): Promise<boolean> {
  if (project === undefined) return false;
  const found = choose(await livingIn(options.world.root)).find((one) => one.project === project);
  if (found?.run !== undefined && isCodeServer(found)) options.journal.bereft.add(found.run);
  return found !== undefined && signal(found.identity, 'SIGKILL');
}

/** Waits until a project's Claude is about to call our server; at most some seconds. */
async function reporting(
  { weather, journal, random }: FaultOptions,
  stop: AbortSignal,
): Promise<string | undefined> {
  const timeout = AbortSignal.any([stop, AbortSignal.timeout(REPORT_TIMEOUT_MS)]);
  const tag = await weather.nextReport(timeout);
  await delay(random.whole(0, 40));
  return journal.plans.find((plan) => plan.tag === tag)?.projectId;
}

const REPORT_TIMEOUT_MS = 5_000;

/** Waits until something is asked, put off, decided or told, and then for some moment; returns whose it is. */
async function asking(options: FaultOptions, stop: AbortSignal): Promise<string | undefined> {
  const steps = () => ASKING_EVENTS.flatMap((type) => options.store.events(type)).sort((a, b) => a.id - b.id);
  const before = steps().length;
  if (!(await comes(options, () => steps().length > before, stop))) return undefined;
  return steps().at(-1)?.project_id ?? undefined;
}

const ASKING_EVENTS = [
  'request.opened',
  'request.decided',
  'request.closed',
  'project.asked',
  'project.answered',
];

/** Waits for a state, and then for some moment in it. False when it does not come. */
async function comes({ random }: FaultOptions, isThere: () => boolean, stop: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + STATE_TIMEOUT_MS;
  while (!isThere()) {
    if (stop.aborted || performance.now() > deadline) return false;
    await delay(LOOK_MS);
  }
  await delay(random.whole(0, 700));
  return true;
}

const STATE_TIMEOUT_MS = 10_000;
const LOOK_MS = 20;

async function oneOf(
  { world, random }: FaultOptions,
  choose: (living: readonly Living[]) => Living[],
): Promise<Living | undefined> {
  const [first, ...others] = choose(await livingIn(world.root));
  return first && random.pick([first, ...others]);
}
