/**
 * The daemon: recover -> claim -> run -> record -> verify -> wait. At most one supervisor works on a state folder. Nothing is
 * spawned before it is in the store. When it stops, nothing it started is left.
 */

import { openBridge } from '../bridge/bridge.ts';
import { watchChanges } from '../bridge/changes.ts';
import { nextReadyTime } from '../bridge/claim.ts';
import { defaultOverdue, nextDeadline } from '../bridge/default-requests.ts';
import { parkWaitingInVain } from '../bridge/dependencies.ts';
import { expireOverdue, nextExpiryTime } from '../bridge/expiry.ts';
import { finishApproved } from '../bridge/finish.ts';
import { fireSchedules, nextSlotTime } from '../bridge/fire-schedules.ts';
import { Health } from '../bridge/health.ts';
import { probeAtStart } from '../bridge/holds.ts';
import { currentLease, LeaseLost, releaseLease } from '../bridge/lease.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Environment } from '../environment.ts';
import { messageOf } from '../error-message.ts';
import type { Log } from '../log.ts';
import { logFile } from '../state-folder.ts';
import { VERSION } from '../version.ts';
import type { Context, HttpService, SendNotice } from './context.ts';
import { HistoryLog } from './history-log.ts';
import { Lander } from './land/lander.ts';
import { acquireLease, keepLease } from './lease-keeper.ts';
import { Notifier } from './notify/notifier.ts';
import { Preflight } from './preflight.ts';
import { takeAllPatchesBack } from './review/patch-folder.ts';
import { Scheduler } from './scheduler.ts';
import { retryTransient } from './transient.ts';
import { Heartbeat } from './upkeep/heartbeat.ts';
import { LeftScripts } from './upkeep/left-scripts.ts';
import { type LoopWatchdog, watchLoop } from './upkeep/loop-watchdog.ts';
import { Retention } from './upkeep/retention.ts';
import './upkeep/small-heap.ts';
import { SleepInhibitor } from './upkeep/sleep-inhibitor.ts';
import type { Upkeep } from './upkeep/upkeep.ts';
import { endLeftChecks } from './verify/check-scope.ts';
import { Verifier } from './verify/verifier.ts';
import { Waker } from './waker.ts';

export interface SupervisorOptions {
  readonly stateDir: string;
  readonly config: Config;
  /** The environment that Claude inherits. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** What cannot be done at the moment, such as write the log; shown in the status. Null when healthy. */
  readonly degradedReason: () => string | null;
  /** Command and arguments that start our own command line. */
  readonly selfCommand: readonly string[];
  readonly http?: HttpService | undefined;
  readonly sendNotice: SendNotice;
  /** Abort it to drain the active runs and stop. */
  readonly signal: AbortSignal;
}

export type SupervisorEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'already-running'; readonly pid: number }
  | { readonly kind: 'lease-lost' };

/** Works until `signal` aborts or someone requests a stop through the store. Throws StoreError. */
export async function runSupervisor(options: SupervisorOptions): Promise<SupervisorEnd> {
  const bridge = await openBridge(options.stateDir, options.clock);
  try {
    // Before the first write: a damaged store stays as it is.
    await bridge.check();
    const attempt = await acquireLease(bridge, VERSION);
    if (!attempt.taken) return { kind: 'already-running', pid: attempt.pid };
    const { config, env, clock, log, degradedReason, selfCommand, http, sendNotice, signal } = options;
    const context: Context = {
      bridge,
      config,
      env,
      clock,
      log,
      degradedReason,
      selfCommand,
      http,
      lease: attempt.lease,
      stopping: signal,
    };
    const supervisor = await Supervisor.create(context, sendNotice);
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
  readonly #preflight: Preflight;
  readonly #scheduler: Scheduler;
  readonly #verifier: Verifier;
  readonly #lander: Lander;
  readonly #heartbeat: Heartbeat;
  readonly #notifier: Notifier;
  readonly #upkeep: readonly Upkeep[];
  /** The first error of background work. It ends the supervisor. */
  readonly #failed = new AbortController();

  static async create(context: Context, sendNotice: SendNotice): Promise<Supervisor> {
    return new Supervisor(context, sendNotice, await HistoryLog.open(context.bridge, context.log));
  }

  private constructor(context: Context, sendNotice: SendNotice, history: HistoryLog) {
    this.#context = context;
    this.#history = history;
    this.#waker = new Waker(watchChanges(context.bridge), context.clock);
    const wake = () => this.#waker.wake();
    const runInBackground = (work: Promise<unknown>) => this.#runInBackground(work);
    this.#preflight = new Preflight(context, wake);
    this.#scheduler = new Scheduler(context, { wake, runInBackground }, this.#preflight);
    this.#verifier = new Verifier(context, { wake, runInBackground }, this.#scheduler);
    this.#lander = new Lander(context, { wake, runInBackground });
    this.#heartbeat = new Heartbeat(context);
    this.#notifier = new Notifier(context, sendNotice);
    this.#upkeep = [
      new SleepInhibitor(context),
      new Retention(context, wake),
      new LeftScripts(context),
      this.#heartbeat,
    ];
  }

  /** Recovers, then works until it is stopped. Throws StoreError and LeaseLost. */
  async work(stop: AbortSignal): Promise<SupervisorEnd> {
    const { bridge, log, lease, http } = this.#context;
    const working = new AbortController();
    this.#runInBackground(keepLease(this.#context, working.signal));
    const watchdog = this.#watchLoop();
    log.info('supervisor.started', { pid: process.pid, version: VERSION, state_dir: bridge.stateDir });
    const health = new Health(this.#context);
    http?.start({ bridge, lease, wake: () => this.#waker.wake(), trouble: () => health.trouble() });
    this.#runInBackground(this.#preflight.check());
    this.#runInBackground(this.#notifier.work());
    try {
      await this.#scheduler.recover();
      await retryTransient(this.#context, () => endLeftChecks(this.#context));
      await takeAllPatchesBack(this.#context);
      await retryTransient(this.#context, () => probeAtStart(lease));
      await this.#loop(stop);
      await this.#drain();
      await releaseLease(lease);
      log.info('supervisor.stopped', { pid: process.pid });
      return { kind: 'stopped' };
    } finally {
      working.abort();
      await this.#scheduler.stopStarting();
      await http?.close();
      const parts = [this.#preflight, this.#verifier, this.#lander, this.#notifier, ...this.#upkeep];
      await Promise.all(parts.map((part) => part.close()));
      this.#waker.close();
      await watchdog.close();
    }
  }

  /** Not Upkeep: without it, work continues. */
  #watchLoop(): LoopWatchdog {
    const { bridge, config, log } = this.#context;
    const options = { timeoutMs: config.loop_timeout, logFile: logFile(bridge.stateDir) };
    return watchLoop(options, (error) => log.warn('supervisor.unwatched', { error }));
  }

  async #loop(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#failed.signal.throwIfAborted();
      const wakeAt = await retryTransient(this.#context, () => this.#reconcile());
      if (wakeAt === 'stop') return;
      await this.#waker.wait(AbortSignal.any([stop, this.#failed.signal]), wakeAt);
    }
  }

  /** Does what is due now. Returns when to reconcile again even if nothing changes. */
  async #reconcile(): Promise<Date | undefined | 'stop'> {
    if (await this.#isAskedToStop()) return 'stop';
    const { bridge, lease, config, env } = this.#context;
    await finishApproved(lease);
    await fireSchedules(lease, config, env);
    await expireOverdue(lease);
    await defaultOverdue(lease);
    await parkWaitingInVain(lease);
    this.#scheduler.attend();
    await this.#verifier.attend();
    await this.#lander.attend();
    await this.#scheduler.startRuns();
    await this.#history.catchUp();
    const active = this.#scheduler.underWay.length + this.#verifier.active + this.#lander.active;
    for (const part of this.#upkeep) this.#runInBackground(Promise.resolve(part.tick(active)));
    const times = [
      await nextReadyTime(bridge),
      await nextExpiryTime(bridge),
      await nextSlotTime(bridge),
      await nextDeadline(bridge),
      await this.#scheduler.wakeAt(),
      this.#heartbeat.wakeAt,
    ];
    return times.filter((time) => time !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
  }

  /** Gives active runs `drain_timeout` to end, then stops them, and waits until each has ended. */
  async #drain(): Promise<void> {
    const { clock, config, log, lease } = this.#context;
    log.info('supervisor.stopping', { runs: this.#scheduler.underWay.length });
    await Promise.all([this.#scheduler.stopStarting(), this.#verifier.close(), this.#lander.close()]);
    const { underWay } = this.#scheduler;
    const ended = Promise.allSettled(underWay.map((run) => run.ended));
    if (underWay.length > 0) await Promise.race([ended, clock.sleep(config.drain_timeout)]);
    await Promise.all(this.#scheduler.underWay.map((run) => run.stop({ kind: 'interrupted' })));
    await ended;
    await finishApproved(lease);
    await this.#history.catchUp();
    // Before the lease is given back: it writes.
    await this.#notifier.close();
    this.#failed.signal.throwIfAborted();
  }

  async #isAskedToStop(): Promise<boolean> {
    const lease = await currentLease(this.#context.bridge);
    return lease?.token === this.#context.lease.token && lease.stopRequestedAt !== null;
  }

  /** A failure of `work` ends the supervisor: there is never half a supervisor. */
  #runInBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#failed.abort(error));
  }
}
