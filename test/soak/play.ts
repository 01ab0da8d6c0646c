/** One soak: all actors at work together, then the calm in which every plan comes to its end, and the last look. */
import { setTimeout as delay } from 'node:timers/promises';
import { openBridge } from '../../src/bridge/bridge.ts';
import { systemClock } from '../../src/clock.ts';
import type { RecordedRequest } from '../../src/simulator/recorder.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { freePort } from '../free-port.ts';
import { createFront } from '../front.ts';
import { shared } from './check-processes.ts';
import { wholeRepositories } from './check-repositories.ts';
import { streams } from './check-streams.ts';
import { check, type Watched } from './checks.ts';
import { workAtDesk } from './desk.ts';
import { makeFaults, makeSure } from './faults.ts';
import { type Followers, startFollowers } from './followers.ts';
import { createJournal, lasted } from './journal.ts';
import { livingIn } from './living.ts';
import { Person } from './person.ts';
import { randomStream } from './random.ts';
import { type Report, report } from './report.ts';
import { Service } from './service.ts';
import { openStoreView, type StoreView } from './store.ts';
import { Suspicions } from './suspicions.ts';
import { Tally } from './tally.ts';
import { makeTrouble } from './troubles.ts';
import { createWeather } from './weather.ts';
import { CONCURRENCY, createWorld } from './world.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
  /** How many clients follow the history over HTTP; 0: the API is not turned on. */
  readonly clients: number;
  /** Keep the folder also when nothing is broken. */
  readonly keep: boolean;
}

/** Plays one soak from an empty state folder to its end; `say` is given a line every ten seconds. */
export async function play(options: SoakOptions, say: (line: string) => void): Promise<Report> {
  const { seed } = options;
  const began = performance.now();
  const stream = (name: string) => randomStream(seed, name);
  const journal = createJournal();
  const weather = createWeather(seed, journal, stream('weather'));
  const simulator = await startSimulator({ script: weather.script });
  const front = await createFront(simulator.url);
  await front.forward();
  const httpPort = options.clients > 0 ? await freePort() : undefined;
  const world = await createWorld(front.url, httpPort);
  await (await openBridge(world.home, systemClock)).close();
  const followers = httpPort && (await startFollowers(world.home, httpPort, options.clients));
  const store = openStoreView(world.home);
  const tally = new Tally(world.home);
  const watched = {
    seed,
    world,
    store,
    journal,
    tally,
    suspicions: new Suspicions(),
    proved: new Set<string>(),
  };
  const afterKill = oneByOne(() => check(watched));
  const service = new Service(world, tally);
  const long = options.minutes >= 5;
  const about = { world, store, journal, tally, random: stream('person'), afterKill };
  const person = new Person({ ...about, maxOpen: CONCURRENCY * (long ? 3 : 2) });
  const faults = {
    world,
    store,
    service,
    weather,
    tally,
    journal,
    random: stream('faults'),
    afterKill,
    long,
  };

  const troubled = new AbortController();
  const acting = new AbortController();
  const onInterrupt = () => {
    troubled.abort();
    acting.abort();
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const seconds = () => (performance.now() - began) / 1000;
  const progress = setInterval(() => {
    // Each holds a whole conversation; nobody looks back.
    (simulator.requests as RecordedRequest[]).length = 0;
    say(progressLine(seconds(), tally, store));
  }, PROGRESS_MS);
  let failure: unknown;
  let troubling: Promise<unknown>[] = [];
  try {
    service.start();
    void endAfter(options.minutes, store, troubled);
    const watching = watchOverlaps(world.root, tally, acting.signal);
    const living = person.act(acting.signal);
    const around = { world, front, store, service, weather, person, tally, journal };
    const troubles = { ...around, random: stream('troubles') };
    const desk = { ...troubles, repositories: world.repositories, random: stream('desk') };
    troubling = [
      makeFaults(faults, troubled.signal),
      makeTrouble(troubles, troubled.signal),
      workAtDesk(desk, troubled.signal),
    ];
    await Promise.all(troubling);
    weather.calm();
    person.calm();
    const striking = makeSure(faults, acting.signal);
    if (!acting.signal.aborted) await drained(watched, acting.signal);
    acting.abort();
    await Promise.all([living, watching, striking]);
    await person.close();
    if (followers) await followedWhole(followers, watched);
    await service.stop();
    await delay(SETTLE_MS);
    world.isOver = true;
    await check(watched);
    for (const [kind, what] of await wholeRepositories(watched)) await tally.violated(kind, what);
    await messagesHeard(watched);
    for (const { identity, argv } of await livingIn(world.root))
      await tally.violated('broken', `left behind: process ${identity.pid} ${argv.join(' ').slice(0, 100)}`);
  } catch (error) {
    failure = error;
    // At once: what is still under way may fail of this, too.
    say(`the soak itself failed: ${(error as Error).stack ?? error}`);
  } finally {
    troubled.abort();
    acting.abort();
    if (failure) await Promise.allSettled([...troubling, afterKill(), service.stop()]);
    clearInterval(progress);
    if (followers) await followers.close();
    await front.close();
    await simulator.close();
  }
  if (failure)
    await tally.violated('broken', `the soak itself failed: ${(failure as Error).stack ?? failure}`);
  const tables = store.tables();
  store.close();
  const keep = options.keep || tally.violations.length > 0;
  for (const one of await world.close(keep)) say(`ended: ${one}`);
  return report({ seed, seconds: seconds(), folder: keep ? world.root : null }, tally, journal, tables);
}

const PROGRESS_MS = 10_000;
/** Servers look for their client every two seconds. */
const SETTLE_MS = 3_000;

function progressLine(seconds: number, tally: Tally, store: StoreView): string {
  const projects = store.projects();
  const closed = projects.filter(({ status }) => ['complete', 'cancelled'].includes(status)).length;
  const faults = [...tally.kills.values()].reduce((sum, count) => sum + count, 0);
  const found = tally.violations.length;
  return `${seconds.toFixed(0).padStart(5)} s  ${faults} faults, ${projects.length} plans, ${closed} closed, ${store.runs().length} runs, ${found} violations`;
}

/** At no moment do two claude processes work on one project: looked at all the time, not only after kills. */
async function watchOverlaps(root: string, tally: Tally, stop: AbortSignal): Promise<void> {
  let before = new Set<string>();
  while (!stop.aborted) {
    await delay(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
    const found = shared(await livingIn(root));
    // Seen twice: one that was just killed is listed for a moment.
    for (const what of found.filter((one) => before.has(one))) await tally.violated('doubled', what);
    before = new Set(found);
  }
}

const LOOK_MS = 400;

/** Ends the trouble after so many minutes in which there was something to trouble: a run had begun to work. */
async function endAfter(minutes: number, store: StoreView, troubled: AbortController): Promise<void> {
  const { signal } = troubled;
  const latest = performance.now() + FIRST_RUN_MS;
  while (!signal.aborted && performance.now() < latest && store.events('run.ready').length === 0)
    await delay(LOOK_MS);
  await delay(minutes * 60_000, undefined, { signal }).catch(() => undefined);
  troubled.abort();
}

const FIRST_RUN_MS = 2 * 60_000;

/** Waits until every plan is complete or cancelled, as long as things happen. */
async function drained({ store, tally }: Watched, stop: AbortSignal): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  let last = { event: store.lastEvent(), at: performance.now() };
  while (!stop.aborted) {
    const open = store.projects().filter(({ status }) => !['complete', 'cancelled'].includes(status));
    if (open.length === 0) return;
    const now = performance.now();
    if (store.lastEvent() !== last.event) last = { event: store.lastEvent(), at: now };
    if (now > deadline || now > last.at + STILL_MS) {
      const told = open.map(
        ({ id, status, tries, not_before, attention }) =>
          `${id} ${status} tries=${tries} ${not_before ?? ''} ${attention ?? ''}`,
      );
      return tally.violated('broken', `the queue did not drain: ${told.join('; ')}`);
    }
    await delay(200);
  }
}

/**
 * What is recorded as taken in came to the model, unless the project was called off in between; or the service refused
 * the last run just then or was out of reach, and what that run had submitted was approved, so that nothing followed.
 */
async function messagesHeard({ store, journal, tally }: Watched): Promise<void> {
  const { messages, runs } = store.tables();
  for (const { message, run_id, project_id, delivered_at, plan_revision } of messages) {
    // What an amended plan says shows in the round that it opens.
    if (plan_revision !== null) continue;
    const mark = /soak-steering-\d+/.exec(message)?.[0] ?? '';
    if (delivered_at === null || journal.heard.has(mark) || journal.cancelled.has(project_id)) continue;
    const last = runs.findLast((run) => run.project_id === project_id);
    const till = Date.parse(last?.ended_at ?? '');
    const unheard =
      journal.refused.has(mark) ||
      journal.outages.some((outage) => lasted(outage, Date.parse(delivered_at), till));
    if (last?.id === run_id && last?.outcome === 'submitted' && unheard) continue;
    await tally.violated(
      'lost',
      `message '${message}': taken in by run ${run_id}, and never told to the model`,
    );
  }
}

/** Each client was told each event once and in order, through all kills. */
async function followedWhole(followers: Followers, { store, tally }: Watched): Promise<void> {
  const last = store.lastEvent();
  const followed = await followers.upTo(last);
  if (!followed) return tally.violated('lost', `not all clients were told the events up to ${last}`);
  const events = store.history(last);
  tally.followed = {
    clients: followed.told.flatMap(({ clients }) => clients).length,
    connections: followed.connections,
    events: events.length,
  };
  for (const [kind, what] of streams(followed, events)) await tally.violated(kind, what);
}

/** On a machine with much else to do. */
const DRAIN_MS = 15 * 60_000;
/** Longer than any hold. */
const STILL_MS = 3 * 60_000;

/** Lets one call work at a time; those that come meanwhile share the next one. */
function oneByOne(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let following: Promise<void> | undefined;
  return () => {
    following ??= current.then(() => {
      following = undefined;
      current = work();
      return current;
    });
    return following;
  };
}
