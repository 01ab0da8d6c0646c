/**
 * The service manager: starts the supervisor, and starts it again whenever it ends. An end that nobody asked for is a
 * violation. It measures how long after a kill the work goes on.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, type ProcessIdentity } from '../../src/machine/identity.ts';
import { signal } from './living.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

export class Service {
  readonly #world: World;
  readonly #tally: Tally;
  /** What the supervisor under way was sent, oldest first. */
  #sent: NodeJS.Signals[] = [];
  #child: ChildProcess | undefined;
  #stopping = false;
  #working: Promise<void> = Promise.resolve();
  /** Resolves, once it is called, the wait for the supervisor under way: it is left to itself. */
  #putAside: () => void = () => undefined;
  #rivals = false;
  /** Whether nobody is to strike the supervisor at random. */
  isSpared = false;
  /** How many signals supervisors were sent so far. */
  signals = 0;

  constructor(world: World, tally: Tally) {
    this.#world = world;
    this.#tally = tally;
  }

  start(): void {
    this.#working = this.#keepRunning();
  }

  /** The supervisor under way, if it lives. */
  async supervisor(): Promise<ProcessIdentity | undefined> {
    const { pid } = this.#child ?? {};
    return pid === undefined ? undefined : identify(pid);
  }

  /** Signals the supervisor under way; false when there is none at this moment. */
  async send(name: NodeJS.Signals): Promise<boolean> {
    const supervisor = await this.supervisor();
    if (!supervisor) return false;
    this.#sent.push(name);
    this.signals += 1;
    return signal(supervisor, name);
  }

  /**
   * Freezes the supervisor until another one has taken its lease, then lets it go on: it must see that and end. Frozen
   * within a transaction it holds the store itself, and nobody can take anything: then it is killed instead.
   */
  async freezePastLease(store: StoreView): Promise<boolean> {
    const frozen = await this.supervisor();
    const child = this.#child;
    if (!frozen || !child || store.lease()?.pid !== frozen.pid) return false;
    const exited = once(child, 'exit');
    this.signals += 1;
    await signal(frozen, 'SIGSTOP');
    this.#rivals = true;
    this.#putAside();
    const thawAt = performance.now() + FREEZE_MS;
    while (store.lease()?.pid === frozen.pid && performance.now() < thawAt) await delay(200);
    const replaced = store.lease()?.pid !== frozen.pid;
    await signal(frozen, replaced ? 'SIGCONT' : 'SIGKILL');
    if (!(await within(exited, END_TIMEOUT_MS))) {
      await this.#tally.violated('broken', `supervisor ${frozen.pid} lost its lease and lives on`);
      await signal(frozen, 'SIGKILL');
    }
    this.#rivals = false;
    return replaced;
  }

  /** Stops the supervisor as a service manager does, for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.send('SIGTERM');
    if (!(await within(this.#working, END_TIMEOUT_MS))) {
      await this.#tally.violated('broken', 'the supervisor did not stop in time');
      await this.send('SIGKILL');
      await this.#working;
    }
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping) {
      const child = this.#world.command(['run', '--quiet']);
      const errors = child.stderr ? text(child.stderr) : Promise.resolve('');
      child.stdout?.resume();
      this.#child = child;
      this.#sent = [];
      const putAside = new Promise<'aside'>((resolve) => {
        this.#putAside = () => resolve('aside');
      });
      const end = await Promise.race([once(child, 'exit'), putAside]);
      if (end === 'aside') continue;
      await this.#judge(child, await errors);
    }
  }

  async #judge({ exitCode, signalCode, pid }: ChildProcess, errors: string): Promise<void> {
    if (signalCode === 'SIGKILL' && this.#sent.includes('SIGKILL')) return;
    if (this.#sent.includes('SIGTERM') && exitCode === 0) return;
    // Too early for its own handler: the default of the signal.
    if (this.#sent.includes('SIGTERM') && signalCode === 'SIGTERM') return;
    // Asked twice, by the service manager and for a new configuration, it does not wait for its runs.
    const asked = this.#sent.filter((name) => name === 'SIGTERM').length;
    if (asked > 1 && exitCode === 1 && errors.includes('stopped immediately')) return;
    const rivals = this.#rivals;
    await delay(RESTART_MS);
    if (rivals && RIVAL_ENDS.some((words) => errors.includes(words))) return;
    const how = signalCode ?? `exit code ${exitCode}`;
    const sent = this.#sent.join(', ') || 'nothing';
    await this.#tally.violated(
      'broken',
      `supervisor ${pid} ended with ${how}, sent ${sent}: ${errors.trim()}`,
    );
  }
}

const RESTART_MS = 1_000;
const END_TIMEOUT_MS = 45_000;
/** Longer than the lease. */
const FREEZE_MS = 45_000;
const RIVAL_ENDS = ['another supervisor', 'Nothing was changed: try again'];

async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  return Promise.race([work.then(() => true), delay(ms, false, { ref: false })]);
}

/**
 * Measures, from now on, how long it takes until the work goes on; call it right before the kill of a supervisor. A
 * further signal to its successor ends the measurement: it would be of something else.
 */
export async function measureRecovery(
  service: Service,
  { home }: World,
  store: StoreView,
  tally: Tally,
): Promise<void> {
  const killedAt = Date.now();
  const before = store.lease()?.token;
  const open = store.runs().filter(({ ended_at, pid }) => ended_at === null && pid !== null);
  const waiting = new Map(open.map((run) => [run.id, run]));
  const signals = service.signals + 1;
  let leased = false;
  while (Date.now() < killedAt + RECOVERY_TIMEOUT_MS && service.signals <= signals) {
    const lease = store.lease();
    if (!leased && lease && lease.token !== before) {
      leased = true;
      tally.leaseMs.push(Date.parse(lease.started_at) - killedAt);
    }
    if (leased && waiting.size === 0) return;
    const adopted = waiting.size > 0 ? await adoptions(home, killedAt) : new Map<string, number>();
    const runs = store.runs();
    for (const { id, project_id } of waiting.values()) {
      const at = adopted.get(id);
      const outcome = runs.find((run) => run.id === id)?.outcome ?? null;
      const again = runs.findLast((run) => run.project_id === project_id && run.id !== id)?.spawned_at;
      const resumed = outcome === 'lost' && again ? Date.parse(again) : 0;
      if (at !== undefined) tally.adoptedMs.push(at - killedAt);
      else if (resumed > killedAt) tally.resumedMs.push(resumed - killedAt);
      // One that did its work to the end meanwhile needs neither.
      const over = outcome !== null && outcome !== 'lost';
      if (at !== undefined || resumed > killedAt || over) waiting.delete(id);
    }
    await delay(LOOK_MS);
  }
}

const LOOK_MS = 20;
const RECOVERY_TIMEOUT_MS = 15_000;

/** When which runs were adopted alive, as the log says. */
async function adoptions(home: string, since: number): Promise<Map<string, number>> {
  const log = await readFile(join(home, 'loop.log'), 'utf8').catch(() => '');
  const found = new Map<string, number>();
  for (const line of log.slice(-LOG_TAIL).split('\n')) {
    const run = /run\.adopted.*\brun=(\w+)/.exec(line)?.[1];
    const at = Date.parse(line.split(' ')[0] ?? '');
    if (run !== undefined && at >= since && line.includes('alive=true')) found.set(run, at);
  }
  return found;
}

const LOG_TAIL = 20_000;
