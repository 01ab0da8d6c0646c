/**
 * What goes wrong for a while and is then mended, beside the kills: the service is out of reach, the configuration names
 * a model that does not exist, a workspace keeps our server out, or is not there. One at a time; each is mended at the
 * latest when `stop` aborts.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutcomeKind } from '../../src/project/outcome.ts';
import type { Row } from '../../src/store/schema.ts';
import { type Front, html } from '../front.ts';
import { OF_EVERYBODY } from './check-parks.ts';
import { dayBudget } from './day-budget.ts';
import type { Journal, Spell } from './journal.ts';
import type { Person } from './person.ts';
import { awayPath, FLEETING, placePath, WITH_SETTINGS } from './places.ts';
import type { Random } from './random.ts';
import type { Service } from './service.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import { UNKNOWN_MODEL, type Weather } from './weather.ts';
import type { World } from './world.ts';

export interface TroubleOptions {
  readonly world: World;
  /** Stands before the service. */
  readonly front: Front;
  readonly store: StoreView;
  readonly service: Service;
  readonly weather: Weather;
  readonly person: Person;
  readonly tally: Tally;
  readonly journal: Journal;
  readonly random: Random;
}

/** Makes trouble until `stop` aborts; resolves when all is mended. */
export async function makeTrouble(options: TroubleOptions, stop: AbortSignal): Promise<void> {
  const { random, tally } = options;
  while (!stop.aborted) {
    await pass(random.wait(BETWEEN_MS), stop);
    if (stop.aborted) return;
    const trouble = random.weighted(WEIGHTS);
    tally.kill(trouble);
    await TROUBLES[trouble](options, stop);
  }
}

const BETWEEN_MS = 6_000;

const WEIGHTS = {
  outage: 4,
  'outage until its probe': 1,
  'wrong model': 2,
  'workspace keeps our server out': 2,
  'workspace is not there': 2,
  'budget of the day': 2,
};

type Trouble = keyof typeof WEIGHTS;

const TROUBLES: Readonly<Record<Trouble, (options: TroubleOptions, stop: AbortSignal) => Promise<void>>> = {
  outage: (options, stop) => outage(options, Math.min(3_000 + options.random.wait(12_000), 60_000), stop),
  async 'outage until its probe'(options, stop) {
    const { person, random, store } = options;
    person.leavesServiceHolds = true;
    await outage(options, random.whole(3_000, 15_000), stop);
    const isHeld = () => store.holds().some(({ kind }) => kind === 'service_unavailable');
    const deadline = performance.now() + PROBE_TIMEOUT_MS;
    while (isHeld() && performance.now() < deadline && !stop.aborted) await pass(LOOK_MS, stop);
    person.leavesServiceHolds = false;
  },
  async 'wrong model'({ world, service, store, tally, random }, stop) {
    const since = new Date().toISOString();
    await world.configure({ model: UNKNOWN_MODEL });
    await service.send('SIGTERM');
    await pass(random.whole(4_000, 15_000), stop);
    const met = store
      .runs()
      .some(({ outcome, ended_at }) => outcome === 'model_unknown' && (ended_at ?? '') >= since);
    const held = store
      .events('hold.set')
      .some(({ data, created_at }) => created_at >= since && data.includes('model_unavailable'));
    if (met && !held) await tally.violated('broken', `no hold names the wrong model of ${since}`);
    await world.configure({});
    await service.send('SIGTERM');
  },
  'budget of the day': dayBudget,
  async 'workspace keeps our server out'(options, stop) {
    const workspace = placePath(options.world.root, WITH_SETTINGS);
    const file = join(workspace, '.claude', 'settings.json');
    await badWorkspace(options, workspace, stop, {
      async spoil() {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, JSON.stringify({ deniedMcpServers: [{ serverName: 'claude_bridge_code' }] }));
      },
      repair: () => rm(file),
    });
  },
  async 'workspace is not there'(options, stop) {
    const workspace = placePath(options.world.root, FLEETING);
    await badWorkspace(options, workspace, stop, {
      spoil: () => rename(workspace, awayPath(workspace)),
      repair: () => rename(awayPath(workspace), workspace),
    });
  },
};

const PROBE_TIMEOUT_MS = 90_000;
const LOOK_MS = 200;

async function outage(options: TroubleOptions, lastsMs: number, stop: AbortSignal): Promise<void> {
  const { front, journal, random } = options;
  const page = random.pick([undefined, html(404), html(502), html(200)]);
  const spell: Spell = { from: Date.now(), until: Number.POSITIVE_INFINITY };
  journal.outages.push(spell);
  await (page ? front.answer(page) : front.close());
  await noTrySpent(options, AbortSignal.any([stop, AbortSignal.timeout(Math.round(lastsMs))]));
  spell.until = Date.now();
  await front.forward();
}

/**
 * Watches until `over` aborts: whoever's run ends for the outage has as many tries as before. One that met it first, after
 * others had been answered, is given its try back as soon as it shows in another project.
 */
async function noTrySpent({ store, tally }: TroubleOptions, over: AbortSignal): Promise<void> {
  const since = new Date().toISOString();
  /** By run, as of when it was under way. */
  const triesBefore = new Map<string, number>();
  const byOutage = ({ outcome, ended_at, answered_at }: Row<'runs'>) =>
    answered_at === null && OF_EVERYBODY.includes(outcome as OutcomeKind) && (ended_at ?? '') > since;
  while (!over.aborted) {
    const runs = store.runs();
    const shown = new Set(runs.filter(byOutage).map(({ project_id }) => project_id));
    for (const { id, status, tries } of store.projects()) {
      const run = runs.findLast(({ project_id }) => project_id === id);
      if (!run) continue;
      if (run.ended_at === null) triesBefore.set(run.id, tries);
      const spent = tries > (triesBefore.get(run.id) ?? tries);
      if (spent && byOutage(run) && shown.size > 1)
        await tally.violated(
          'parked',
          `project ${id} ${status}: an outage took a try (run ${run.id} ${run.outcome})`,
        );
    }
    await pass(LOOK_MS, over);
  }
}

async function badWorkspace(
  { journal, person, random, tally }: TroubleOptions,
  workspace: string,
  stop: AbortSignal,
  { spoil, repair }: { readonly spoil: () => Promise<void>; readonly repair: () => Promise<void> },
): Promise<void> {
  const spell = { workspace, from: Date.now(), until: Number.POSITIVE_INFINITY };
  journal.badWorkspaces.push(spell);
  await spoil();
  await pass(random.whole(6_000, 25_000), stop);
  await repair().catch((error: Error) =>
    tally.violated('broken', `${workspace} cannot be repaired: ${error.message}`),
  );
  spell.until = Date.now();
  person.putsAllBack = true;
}

/** Waits; at the latest until the signal aborts. */
async function pass(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
