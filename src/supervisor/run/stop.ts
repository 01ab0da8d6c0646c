/**
 * Ending the process of a run, and remembering why: the reason becomes the run's outcome. The first reason stays,
 * whatever comes while the process goes.
 */
import { randomUUID } from 'node:crypto';
import { interruptRequest } from '../../claude/input.ts';
import type { Outcome } from '../../project/outcome.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import type { HeldProcess } from './held-process.ts';

export class RunStop {
  readonly #context: Context;
  readonly #run: Run;
  readonly #process: HeldProcess;
  #because: Outcome | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: Context, run: Run, process: HeldProcess) {
    this.#context = context;
    this.#run = run;
    this.#process = process;
  }

  /** Whether its process has been told to stop. */
  get begun(): boolean {
    return this.#stopping !== undefined;
  }

  /** Why it was ended; undefined for one that was not, or was ended only for not going after its last word. */
  get because(): Outcome | undefined {
    return this.#because;
  }

  /** Step by step: by its input, by signals, by force. Resolves when the process has ended or nothing ends it. */
  async gently(because: Outcome | undefined): Promise<void> {
    this.#because ??= because;
    await this.#begin(() => this.#descend());
  }

  /** By force, and said in the log: for a run that floods the disk, which costs more with every second. */
  async cutOff(because: Outcome, file: string): Promise<void> {
    this.#because ??= because;
    await this.#begin(() => this.#process.kill());
    this.#context.log.warn('run.cut_off', { run: this.#run.id, file }, describeOutcome(because));
  }

  /** By force, before its first request to the model: that follows the init event within some 50 ms. */
  async beforeItBegins(because: Outcome): Promise<void> {
    this.#because ??= because;
    await this.#process.kill();
  }

  /** Told to stop, Claude would still begin a turn for a message that waited: it is to do nothing more. */
  async insist(): Promise<void> {
    await this.#process.terminate();
  }

  /** One end at a time; one that could not be carried out may be begun again. */
  async #begin(end: () => Promise<void>): Promise<void> {
    this.#stopping ??= end().catch((error: unknown) => {
      this.#stopping = undefined;
      throw error;
    });
    await this.#stopping;
  }

  async #descend(): Promise<void> {
    const rung = await this.#process.stop(interruptRequest(randomUUID()));
    const forced = rung === 'SIGKILL' || rung === 'not-ended';
    this.#context.log[forced ? 'warn' : 'debug']('run.stopped', { run: this.#run.id, by: rung });
  }
}
