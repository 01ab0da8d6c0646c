/** Stops the process of a run. The first reason becomes the outcome (phase.ts). */
import { randomUUID } from 'node:crypto';
import { interruptRequest } from '../../claude/input.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import type { HeldProcess } from './held-process.ts';
import type { RunPhases } from './phase.ts';

/** The three ways to stop a run. Each throws LeaseLost. */
export class RunStop {
  readonly #log: Context['log'];
  readonly #run: Run;
  readonly #process: HeldProcess;
  readonly #phases: RunPhases;
  /** The stop under way, which later requests join. */
  #underWay: Promise<void> | undefined;

  constructor({ log }: Pick<Context, 'log'>, run: Run, process: HeldProcess, phases: RunPhases) {
    this.#log = log;
    this.#run = run;
    this.#process = process;
    this.#phases = phases;
  }

  /** Stops it step by step: input, signals, force. Resolves when the process has ended or no step ended it. */
  async gently(reason: Outcome | undefined): Promise<void> {
    await this.#begin(reason, () => this.#descend());
  }

  /** Kills it, and logs that. For a run that floods the disk, where each second costs more. */
  async kill(reason: Outcome, file: string): Promise<void> {
    await this.#begin(reason, () => this.#process.kill());
    this.#log.warn('run.cut_off', { run: this.#run.id, file }, describeOutcome(reason));
  }

  /** Kills it at once: the first request to the model follows the init event within some 50 ms. */
  async killBeforeFirstRequest(reason: Outcome): Promise<void> {
    this.#phases.emit({ kind: 'stop', reason });
    await this.#process.kill();
  }

  /** Repeats SIGTERM. Claude that is stopping still begins a turn for a waiting message; this prevents it. */
  async resendTerm(): Promise<void> {
    await this.#process.terminate();
  }

  /** Allows one stop at a time. A failed one may be retried. */
  async #begin(reason: Outcome | undefined, stop: () => Promise<void>): Promise<void> {
    this.#phases.emit({ kind: 'stop', reason });
    this.#underWay ??= stop().catch((error: unknown) => {
      this.#underWay = undefined;
      this.#phases.emit({ kind: 'stop_failed' });
      throw error;
    });
    await this.#underWay;
  }

  async #descend(): Promise<void> {
    const step = await this.#process.stop(interruptRequest(randomUUID()));
    const forced = step === 'SIGKILL' || step === 'not-ended';
    this.#log[forced ? 'warn' : 'debug']('run.stopped', { run: this.#run.id, by: step });
  }
}
