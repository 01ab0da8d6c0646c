/** The active runs: which one starts next, how it is started and followed. */
import { startNextRun } from '../bridge/claim.ts';
import { endRun } from '../bridge/end-run.ts';
import { createEnding } from '../bridge/ended-run.ts';
import { projectRules } from '../bridge/work-rules.ts';
import type { RunId } from '../project/ids.ts';
import type { Outcome } from '../project/outcome.ts';
import { isWork, type Run } from '../project/run.ts';
import { Gatekeeper } from './admission.ts';
import { endSpenders, limitsPeriod } from './budgets.ts';
import type { Context, SupervisorHost } from './context.ts';
import { LiveStates } from './live-states.ts';
import { subfolderOf } from './place/place.ts';
import type { Preflight } from './preflight.ts';
import { recover } from './recover.ts';
import { ActiveRun } from './run/active-run.ts';
import { type RunListener, runContext } from './run/context.ts';
import { removeSecrets } from './run/end.ts';
import { prepareRun } from './run/prepare.ts';
import { recordChild } from './run/record-child.ts';
import type { RunPlan, RunStarter } from './run/run-plan.ts';
import { gatherRun, spawnRun } from './run/spawn.ts';
import { StartingRun } from './run/starting-run.ts';
import { retryTransient } from './transient.ts';
import { findOverlapSoon } from './workspace.ts';

/** A run under way, whether its Claude works already or is still being prepared. */
export interface RunUnderWay {
  readonly run: Run;
  /** Resolves when it has ended, or has become an active run. */
  readonly ended: Promise<unknown>;
  /** Ends it with this outcome. */
  stop(reason: Outcome): Promise<void>;
}

/** Starts and follows runs, within `concurrency` and the holds. */
export class Scheduler implements RunStarter {
  readonly #context: Context;
  readonly #host: SupervisorHost;
  readonly #preflight: Preflight;
  readonly #gate: Gatekeeper;
  /** Recorded, with no Claude yet. */
  readonly #starting = new Map<RunId, StartingRun>();
  readonly #live: LiveStates;
  readonly #active = new Map<RunId, ActiveRun>();

  constructor(context: Context, host: SupervisorHost, preflight: Preflight) {
    this.#context = context;
    this.#host = host;
    this.#preflight = preflight;
    this.#gate = new Gatekeeper(context);
    this.#live = new LiveStates(
      context,
      (work) => host.runInBackground(work),
      () => host.runInBackground(endSpenders(context, this.underWay)),
      limitsPeriod(context.config),
    );
  }

  get underWay(): readonly RunUnderWay[] {
    return [...this.#starting.values(), ...this.#active.values()];
  }

  /** When the next hold ends; undefined when none has an end. */
  async wakeAt(): Promise<Date | undefined> {
    return this.#gate.nextEnd();
  }

  /** Adopts or closes what a predecessor left open. */
  async recover(): Promise<void> {
    for (const active of await recover(this.#context, (run) => this.#listener(run))) {
      this.#follow(active);
      // What it reads for is begun again.
      if (!isWork(active.run)) this.#host.runInBackground(active.stop({ kind: 'interrupted' }));
    }
  }

  async runToEnd(plan: RunPlan, stop: AbortSignal): Promise<void> {
    const { id } = plan.run;
    const interrupt = () => {
      const underWay = this.#starting.get(id) ?? this.#active.get(id);
      if (underWay) this.#host.runInBackground(underWay.stop({ kind: 'interrupted' }));
    };
    const starting = this.#begin(plan);
    stop.addEventListener('abort', interrupt, { once: true });
    try {
      if (stop.aborted) interrupt();
      await starting.ended;
      const active = this.#active.get(id);
      // It may have become an active run just as it was to be stopped.
      if (stop.aborted) interrupt();
      await active?.ended;
    } finally {
      stop.removeEventListener('abort', interrupt);
    }
  }

  /** Applies to the active runs what a person, or the run itself, has asked for. Does not wait for it. */
  attend(): void {
    const runs = [...this.#starting.values(), ...this.#active.values()];
    for (const run of runs) this.#host.runInBackground(run.attend());
  }

  /** Ends the runs that have no Claude yet, and waits for it: what is to stop starts none. */
  async stopStarting(): Promise<void> {
    const starting = [...this.#starting.values()];
    await Promise.all(starting.map((run) => run.stop({ kind: 'interrupted' })));
    await Promise.allSettled(starting.map(({ ended }) => ended));
  }

  /**
   * Starts runs until nothing is ready, a hold stands, or `concurrency` is reached. Throws StoreError and LeaseLost.
   */
  async startRuns(): Promise<void> {
    const { config, env, lease } = this.#context;
    while (this.#starting.size + this.#active.size < config.concurrency) {
      const admission = await this.#gate.admission();
      if (await this.#preflight.isDue(admission)) return this.#host.runInBackground(this.#preflight.check());
      if (admission.may === 'wait') return;
      const started = await startNextRun(lease, {
        model: config.model ?? null,
        newSessionId: () => crypto.randomUUID(),
        policy: config,
        env,
        heldFamilies: admission.heldFamilies,
        isPendingHeld: admission.isPendingHeld,
        isHeld: (project) =>
          admission.isSandboxMissing && projectRules(config, project).sandbox === 'require',
        ...(admission.may === 'probe' && { probes: admission.holds }),
        findOverlap: (folder, others) => findOverlapSoon(this.#context, folder, others),
        findSubfolder: (project) => subfolderOf(this.#context, project),
      });
      if (!started) return;
      const { run, project, earlier } = started;
      const prepare = (stop: AbortSignal) => prepareRun(this.#context, started, stop);
      this.#begin({ run, limits: project, earlier, prepare });
    }
  }

  /** In the background: preparing a run may take minutes. */
  #begin(plan: RunPlan): StartingRun {
    const { run } = plan;
    this.#gate.families.started(run);
    const starting = new StartingRun(this.#context, run, async (stop) => {
      await this.#start(plan, stop).finally(() => this.#starting.delete(run.id));
      this.#host.wake();
    });
    this.#starting.set(run.id, starting);
    this.#host.runInBackground(starting.ended);
    return starting;
  }

  async #start(plan: RunPlan, stop: AbortSignal): Promise<void> {
    const { config, lease } = this.#context;
    const { run, limits, earlier } = plan;
    const spawned = await spawnRun(this.#context, plan, stop);
    if (!spawned.ok) {
      await removeSecrets(this.#context, run);
      await retryTransient(this.#context, () =>
        endRun(lease, run, spawned.refusal, createEnding(Math.random())),
      );
      this.#gate.families.ended(run.id);
      return;
    }
    const { budget, child, opening, resumed, resumesCall, workspaceIdentity } = spawned.value;
    await recordChild(this.#context, run, child, workspaceIdentity);
    const start = { resumed, resumesCall, workspaceIdentity, budget, listener: this.#listener(run) };
    const active = new ActiveRun(this.#context, runContext(limits, run, earlier, config, start), child);
    this.#follow(active);
    if (opening !== undefined) await active.begin(opening);
    await gatherRun(spawned.value);
  }

  #follow(active: ActiveRun): void {
    const { run, ended } = active;
    this.#starting.delete(run.id);
    this.#active.set(run.id, active);
    this.#gate.families.started(run);
    const forget = () => {
      this.#active.delete(run.id);
      this.#gate.families.ended(run.id);
      this.#live.forget(run.id);
      this.#host.wake();
    };
    this.#host.runInBackground(ended.then(forget));
  }

  #listener(run: Run): RunListener {
    return {
      doing: (live) => this.#live.show(run.id, live),
      changed: () => this.#host.wake(),
      answered: () => {
        if (this.#gate.families.answered(run.id)) this.#host.wake();
      },
    };
  }
}
