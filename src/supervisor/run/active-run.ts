/** An active run, from a living process to its outcome in the store. Its phases are in phase.ts. */

import type { EndedRun } from '../../bridge/ended-run.ts';
import { ordersFor } from '../../bridge/runs.ts';
import { tailFile } from '../../claude/tail.ts';
import { messageOf } from '../../error-message.ts';
import type { ProcessIdentity } from '../../machine/identity.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import { runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import type { ProcessHandle, RunContext } from './context.ts';
import { concludeRun, giveUpRun } from './end.ts';
import { HeldProcess } from './held-process.ts';
import { RunPhases } from './phase.ts';
import { RunReader } from './reader.ts';
import { Steering } from './steering.ts';
import { RunStop } from './stop.ts';
import { watchRun } from './watch.ts';

/** Follows one run until it has ended. */
export class ActiveRun {
  readonly run: Run;
  /** Resolves when the outcome is in the store. Rejects only with an error that ends the supervisor. */
  readonly ended: Promise<EndedRun>;

  readonly #context: Context;
  readonly #process: HeldProcess;
  readonly #phases: RunPhases;
  readonly #stop: RunStop;
  readonly #steering: Steering;

  constructor(context: Context, runContext: RunContext, handle: ProcessHandle) {
    const { run } = runContext;
    this.run = run;
    this.#context = context;
    this.#process = new HeldProcess(context, run, handle);
    this.#phases = new RunPhases(context.clock.monotonic());
    this.#stop = new RunStop(context, run, this.#process, this.#phases);
    this.#steering = new Steering(context, runContext, this.#process);
    this.ended = this.#follow(runContext).catch((error: unknown) =>
      giveUpRun(context, run, this.#process, this.#stop, error),
    );
  }

  get identity(): ProcessIdentity {
    return this.#process.identity;
  }

  /** Sends Claude the first message, its task. Throws LeaseLost. */
  async begin(prompt: string): Promise<void> {
    await this.#process.write(prompt);
  }

  /**
   * Applies what a person, or the run itself, has done since the last call: cancel, submit, steer. Throws
   * LeaseLost.
   */
  async attend(): Promise<void> {
    try {
      await retryTransient(this.#context, () => this.#attend());
    } catch (error) {
      if (endsSupervisor(error)) throw error;
      const message = messageOf(error);
      this.#context.log.error('run.unattended', { run: this.run.id }, message);
    }
  }

  async #attend(): Promise<void> {
    const { cancelled, submitted, ...told } = await ordersFor(this.#context.bridge, this.run);
    if (cancelled) return this.stop({ kind: 'cancelled' });
    if (submitted) this.#phases.emit({ kind: 'submitted', at: this.#context.clock.monotonic() });
    // A message sent after a submission is about the next round; the run of that round gets it in its prompt.
    if (submitted) return;
    // Work by a plan that no longer holds is of no use: the next run begins with the new one.
    if (!(await this.#steering.handOver(told))) await this.stop({ kind: 'interrupted' });
  }

  /** Stops the run, gently first. `reason` becomes its outcome unless the work was submitted before. */
  async stop(reason: Outcome | undefined): Promise<void> {
    await this.#stop.gently(reason);
  }

  async #follow(runContext: RunContext): Promise<EndedRun> {
    const context = this.#context;
    const process = this.#process;
    const phases = this.#phases;
    const stop = this.#stop;
    const files = runFiles(context.bridge.stateDir, this.run.id);
    const tail = tailFile(files.output, context.clock);
    const steering = this.#steering;
    const reader = new RunReader(context, runContext, { process, phases, stop, steering });
    const exited = process.exited.then((exit) => {
      phases.emit({ kind: 'exited', exit });
      tail.end();
    });
    const watched = watchRun(context, runContext, { files, process, phases, reader, stop });
    // In parallel, so that a part that fails is noticed before the others are done.
    await Promise.all([exited, reader.read(tail), watched]);
    return concludeRun(context, runContext, process, {
      phases,
      files,
      tail,
      summary: reader.summary,
      hasPartials: reader.hasPartials,
    });
  }
}
