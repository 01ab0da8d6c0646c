/**
 * The daemon: recover -> claim -> run -> record -> wait. It promises that at most one supervisor works on a state
 * folder, that nothing is spawned before it is in the store, and that when it stops, nothing it started is left.
 */

import { rm } from 'node:fs/promises';
import { openBridge } from '../bridge/bridge.ts';
import { watchChanges } from '../bridge/changes.ts';
import { nextReadyTime, type StartedRun, startNextRun } from '../bridge/claim.ts';
import { endRun } from '../bridge/end-run.ts';
import { createEnding } from '../bridge/ended-run.ts';
import { liftHold, probeAtStart } from '../bridge/holds.ts';
import { currentLease, LeaseLost, releaseLease } from '../bridge/lease.ts';
import { finishApproved } from '../bridge/reviews.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Environment } from '../environment.ts';
import { messageOf } from '../error-message.ts';
import type { Log } from '../log.ts';
import type { Hold } from '../project/hold.ts';
import type { RunId } from '../project/ids.ts';
import type { Run } from '../project/run.ts';
import { logFile, runFiles } from '../state-folder.ts';
import { VERSION } from '../version.ts';
import { Gatekeeper } from './admission.ts';
import type { Context } from './context.ts';
import { HistoryLog } from './history-log.ts';
import { acquireLease, keepLease } from './lease-keeper.ts';
import { patiently } from './patience.ts';
import { Preflight } from './preflight.ts';
import { recover } from './recover.ts';
import { ActiveRun } from './run/active-run.ts';
import { type RunListener, runContext } from './run/context.ts';
import { gatherRun, recordChild, spawnRun } from './run/process.ts';
import { Heartbeat } from './upkeep/heartbeat.ts';
import { type LoopWatchdog, watchLoop } from './upkeep/loop-watchdog.ts';
import { Retention } from './upkeep/retention.ts';
import './upkeep/small-heap.ts';
import { Wakefulness } from './upkeep/sleep-inhibitor.ts';
import { Waker } from './waker.ts';
import { findOverlapSoon } from './workspace.ts';

export interface SupervisorOptions {
  readonly home: string;
  readonly config: Config;
  /** What Claude inherits. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** What cannot be done at the moment, such as write the log; told in the status. */
  readonly trouble: () => string | null;
  /** Command and arguments that start our own command line. */
  readonly entry: readonly string[];
  /** Abort it to drain and stop. */
  readonly signal: AbortSignal;
}

export type SupervisorEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'already-running'; readonly pid: number }
  | { readonly kind: 'lease-lost' };

/** Works until `signal` aborts or someone asks it, through the store, to stop. Throws StoreError. */
export async function runSupervisor(options: SupervisorOptions): Promise<SupervisorEnd> {
  const bridge = await openBridge(options.home, options.clock);
  try {
    // Before the first write: a damaged store is left as it is.
    await bridge.check();
    const attempt = await acquireLease(bridge, VERSION);
    if (!attempt.taken) return { kind: 'already-running', pid: attempt.pid };
    const { config, env, clock, log, trouble, entry, signal } = options;
    const supervisor = await Supervisor.create({
      bridge,
      config,
      env,
      clock,
      log,
      trouble,
      entry,
      lease: attempt.lease,
      stopping: signal,
    });
    return await supervisor.work(signal);
  } catch (error) {
    if (!(error instanceof LeaseLost)) {
      options.log.error('supervisor.failed', {}, messageOf(error));
      throw error;
    }
    options.log.error('supervisor.lease_lost', {}, error.message);
    return { kind: 'lease-lost' };
  } finally {
    await bridge.close();
  }
}

class Supervisor {
  readonly #context: Context;
  readonly #history: HistoryLog;
  readonly #waker: Waker;
  readonly #active = new Map<string, ActiveRun>();
  /** The first error of a part that works beside the loop: it ends the supervisor. */
  readonly #failed = new AbortController();

  readonly #gate: Gatekeeper;
  readonly #preflight: Preflight;
  readonly #retention: Retention;
  readonly #wakefulness: Wakefulness;
  readonly #heartbeat: Heartbeat;
  /** The one run that finds out whether holds are over. */
  #probe: { readonly runId: RunId; readonly holds: readonly Hold[] } | undefined;

  static async create(context: Context): Promise<Supervisor> {
    return new Supervisor(context, await HistoryLog.open(context.bridge, context.log));
  }

  private constructor(context: Context, history: HistoryLog) {
    this.#context = context;
    this.#history = history;
    this.#gate = new Gatekeeper(context);
    this.#waker = new Waker(watchChanges(context.bridge), context.clock);
    this.#preflight = new Preflight(context, () => this.#waker.wake());
    this.#retention = new Retention(context, () => this.#waker.wake());
    this.#wakefulness = new Wakefulness(context);
    this.#heartbeat = new Heartbeat(context);
  }

  async work(stop: AbortSignal): Promise<SupervisorEnd> {
    const { bridge, log, lease } = this.#context;
    const working = new AbortController();
    this.#alongside(keepLease(this.#context, working.signal));
    const watchdog = this.#watchOurselves();
    log.info('supervisor.started', { pid: process.pid, version: VERSION, home: bridge.home });
    this.#alongside(this.#preflight.look());
    try {
      for (const run of await recover(this.#context, (run) => this.#listener(run))) this.#follow(run);
      await patiently(this.#context, () => probeAtStart(lease));
      await this.#loop(stop);
      await this.#drain();
      await releaseLease(lease);
      log.info('supervisor.stopped', { pid: process.pid });
      return { kind: 'stopped' };
    } finally {
      working.abort();
      await Promise.all([this.#preflight.close(), this.#wakefulness.close(), this.#heartbeat.close()]);
      this.#waker.close();
      await watchdog.close();
    }
  }

  /** A net below the work, not a part of it: without it the work goes on. */
  #watchOurselves(): LoopWatchdog {
    const { bridge, config, log } = this.#context;
    const options = { timeoutMs: config.loop_timeout, logFile: logFile(bridge.home) };
    return watchLoop(options, (error) => log.warn('supervisor.unwatched', { error }));
  }

  async #loop(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#failed.signal.throwIfAborted();
      const appointment = await patiently(this.#context, () => this.#lookAround());
      if (appointment === 'stop') return;
      await this.#waker.wait(AbortSignal.any([stop, this.#failed.signal]), appointment);
    }
  }

  /** Does what can be done now; returns when to look again even if nothing changes. */
  async #lookAround(): Promise<Date | undefined | 'stop'> {
    if (await this.#askedToStop()) return 'stop';
    await finishApproved(this.#context.lease);
    for (const run of this.#active.values()) this.#alongside(run.attend());
    await this.#startRuns();
    this.#wakefulness.follow(this.#active.size > 0);
    this.#alongside(this.#retention.tend());
    await this.#history.catchUp();
    this.#heartbeat.tend();
    return this.#nextAppointment();
  }

  async #startRuns(): Promise<void> {
    const { config, lease } = this.#context;
    while (this.#active.size < config.concurrency) {
      const admission = await this.#gate.admission();
      // Its answer is waited for, unless a person has said meanwhile that all may go on.
      if (this.#probe && admission.may !== 'start') return;
      this.#probe = undefined;
      if (await this.#preflight.isDue(admission)) return this.#alongside(this.#preflight.look());
      if (admission.may === 'wait') return;
      const started = await startNextRun(lease, {
        model: config.model ?? null,
        newSessionId: () => crypto.randomUUID(),
        heldFamilies: admission.heldFamilies,
        findOverlap: (folder, others) => findOverlapSoon(this.#context, folder, others),
      });
      if (!started) return;
      if (admission.may === 'probe') this.#probe = { runId: started.run.id, holds: admission.holds };
      await this.#start(started);
    }
  }

  async #start(started: StartedRun): Promise<void> {
    const { bridge, config, lease } = this.#context;
    const { run, project, earlier } = started;
    const spawned = await spawnRun(this.#context, started);
    if (!spawned.spawned) {
      // Nobody will read it, and it may hold the owner's secrets. What cannot be removed now goes with the next start.
      await rm(runFiles(bridge.home, run.id).mcpConfig, { force: true }).catch(() => undefined);
      await patiently(this.#context, () => endRun(lease, run, spawned.outcome, createEnding(Math.random())));
      this.#probeEnded(run);
      return;
    }
    const { child, group, opening, resumed, workspaceIdentity } = spawned;
    await recordChild(this.#context, run, child, workspaceIdentity);
    const listener = this.#listener(run);
    const start = { resumed, workspaceIdentity, listener };
    const active = new ActiveRun(this.#context, runContext(project, run, earlier, config, start), child);
    this.#follow(active);
    await active.begin(opening);
    await gatherRun(child, group);
  }

  #follow(run: ActiveRun): void {
    this.#active.set(run.run.id, run);
    this.#gate.families.started(run.run);
    this.#alongside(
      run.ended.then(() => {
        this.#active.delete(run.run.id);
        this.#gate.families.ended(run.run.id);
        this.#probeEnded(run.run);
        this.#waker.wake();
      }),
    );
  }

  /** Stops every run, after the time the owner gives them, and waits until each has ended. */
  async #drain(): Promise<void> {
    const { clock, config, log } = this.#context;
    const runs = [...this.#active.values()];
    log.info('supervisor.stopping', { runs: runs.length });
    const ended = Promise.allSettled(runs.map((run) => run.ended));
    if (runs.length > 0) await Promise.race([ended, clock.sleep(config.drain_timeout)]);
    await Promise.all([...this.#active.values()].map((run) => run.stop({ kind: 'interrupted' })));
    await ended;
    await finishApproved(this.#context.lease);
    await this.#history.catchUp();
    this.#failed.signal.throwIfAborted();
  }

  /** Our own changes are not seen by the change feed; they too have consequences, at least a line in the log. */
  #listener(run: Run): RunListener {
    return {
      changed: () => this.#waker.wake(),
      answered: () => this.#alongside(this.#probeSucceeded(run)),
    };
  }

  /** One that ended without an answer, or had no process at all, has found out nothing: another one tries. */
  #probeEnded({ id }: Run): void {
    if (this.#probe?.runId === id) this.#probe = undefined;
  }

  async #probeSucceeded(run: Run): Promise<void> {
    if (this.#gate.families.answered(run.id)) this.#waker.wake();
    if (this.#probe?.runId !== run.id) return;
    const { holds } = this.#probe;
    this.#probe = undefined;
    for (const { kind, scope } of holds) await liftHold(this.#context.lease, kind, scope);
    this.#waker.wake();
  }

  async #askedToStop(): Promise<boolean> {
    const lease = await currentLease(this.#context.bridge);
    return lease?.token === this.#context.lease.token && lease.stopRequestedAt !== null;
  }

  /** When there is something to do even if nothing changes. */
  async #nextAppointment(): Promise<Date | undefined> {
    const { bridge } = this.#context;
    const times = [await nextReadyTime(bridge), await this.#gate.nextEnd(), this.#heartbeat.next];
    return times.filter((time) => time !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
  }

  /** Work beside the loop: its failure is the supervisor's failure, never half a supervisor. */
  #alongside(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#failed.abort(error));
  }
}
