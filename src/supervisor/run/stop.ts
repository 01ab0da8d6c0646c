/** Ends the process of a run. Why becomes the run's outcome (phase.ts): the first reason stays. */
import { randomUUID } from 'node:crypto';
import { interruptRequest } from '../../claude/input.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import type { HeldProcess } from './held-process.ts';
import type { RunPhases } from './phase.ts';

export class RunStop {
  readonly #log: Context['log'];
  readonly #run: Run;
  readonly #process: HeldProcess;
  readonly #phases: RunPhases;
  /** The stop under way, for whoever asks for another one meanwhile. */
  #underWay: Promise<void> | undefined;

  constructor({ log }: Pick<Context, 'log'>, run: Run, process: HeldProcess, phases: RunPhases) {
    this.#log = log;
    this.#run = run;
    this.#process = process;
    this.#phases = phases;
  }

  /** Step by step: by its input, by signals, by force. Resolves when the process has ended or nothing ends it. */
  async gently(reason: Outcome | undefined): Promise<void> {
    await this.#begin(reason, () => this.#descend());
  }

  /** By force, and logged: for a run that floods the disk, which costs more with every second. */
  async kill(reason: Outcome, file: string): Promise<void> {
    await this.#begin(reason, () => this.#process.kill());
    this.#log.warn('run.cut_off', { run: this.#run.id, file }, describeOutcome(reason));
  }

  /** By force: the first request to the model follows the init event within some 50 ms. */
  async killBeforeFirstRequest(reason: Outcome): Promise<void> {
    this.#phases.emit({ kind: 'stop', reason });
    await this.#process.kill();
  }

  /** Claude that is told to stop still begins a turn for a message that waits: this keeps it from that. */
  async resendTerm(): Promise<void> {
    await this.#process.terminate();
  }

  /** One stop at a time; one that failed may be begun again. */
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
