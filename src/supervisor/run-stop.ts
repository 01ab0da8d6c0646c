/**
 * Ending the process of a run, and remembering why: the reason becomes the run's outcome. The first reason stays,
 * whatever comes while the process goes.
 */
import { randomUUID } from 'node:crypto';
import { checkLease } from '../bridge/lease.ts';
import { interruptRequest } from '../claude/input.ts';
import { killProcess, signalProcess } from '../machine/signal.ts';
import { stopChild } from '../machine/stop.ts';
import { describeOutcome, type Outcome, type Run } from '../project/run.ts';
import type { Context } from './context.ts';
import type { Followed } from './run-setting.ts';

const GRACE_MS = { interrupt: 3_000, int: 3_000, term: 3_000 };

export class RunStop {
  readonly #context: Context;
  readonly #run: Run;
  readonly #process: Followed;
  #because: Outcome | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: Context, run: Run, process: Followed) {
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
    this.#stopping ??= this.#descend();
    await this.#stopping;
  }

  /** By force, and said in the log: for a run that floods the disk, which costs more with every second. */
  async cutOff(because: Outcome, file: string): Promise<void> {
    const { bridge, log, token } = this.#context;
    await checkLease(bridge, token);
    log.warn('run.cut_off', { run: this.#run.id, file }, describeOutcome(because));
    this.#because ??= because;
    this.#stopping ??= killProcess(this.#process.identity);
    await this.#stopping;
  }

  /** By force, before its first request to the model: that follows the init event within some 50 ms. */
  async beforeItBegins(because: Outcome): Promise<void> {
    this.#because ??= because;
    await killProcess(this.#process.identity);
  }

  /** Told to stop, Claude would still begin a turn for a message that waited: it is to do nothing more. */
  async insist(): Promise<void> {
    await signalProcess(this.#process.identity, 'SIGTERM');
  }

  async #descend(): Promise<void> {
    const { bridge, clock, log, token } = this.#context;
    // A supervisor that stood still and was replaced must not end what its successor has adopted.
    await checkLease(bridge, token);
    const interrupt = () => {
      const sent = this.#process.write(interruptRequest(randomUUID()));
      // After an interrupt Claude waits for the next message; with no more input it exits.
      this.#process.endInput();
      return sent;
    };
    const rung = await stopChild(this.#process, { interrupt, graceMs: GRACE_MS, clock });
    const forced = rung === 'SIGKILL' || rung === 'not-ended';
    log[forced ? 'warn' : 'debug']('run.stopped', { run: this.#run.id, by: rung });
  }
}
