/**
 * The process of a run in the hands of the supervisor that holds the lease. One that stood still and was replaced must
 * neither speak to what its successor has adopted nor end it: every word and every signal asks first whose it is.
 */
import { checkLease } from '../../bridge/lease.ts';
import { RUN_MARK } from '../../claude/environment.ts';
import type { Exit } from '../../machine/child.ts';
import { removeControlGroup } from '../../machine/control-group.ts';
import type { ProcessIdentity } from '../../machine/identity.ts';
import { Lineage } from '../../machine/lineage.ts';
import { killProcess, signalProcess } from '../../machine/signal.ts';
import { type StopStep, stopChild } from '../../machine/stop.ts';
import { type Leftover, sweep } from '../../machine/sweep.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import type { ProcessHandle } from './context.ts';

/** The control group that a run's process is put into where that is possible. */
export function controlGroupOf({ id }: Run): string {
  return `${CONTROL_GROUPS}${id}`;
}

export const CONTROL_GROUPS = 'bridge-run-';

/** How long each step of a gentle end may take, in milliseconds. */
const GRACE_MS = { interrupt: 3_000, int: 3_000, term: 3_000 };
const SWEEP_GRACE_MS = 2_000;

/** Everything that acts throws LeaseLost when the lease is someone else's, and then has done nothing. */
export class HeldProcess {
  readonly #context: Context;
  readonly #process: ProcessHandle;
  readonly #run: Run;
  readonly #lineage: Lineage;

  constructor(context: Context, run: Run, process: ProcessHandle) {
    this.#context = context;
    this.#run = run;
    this.#process = process;
    this.#lineage = new Lineage(process.identity, context.clock);
  }

  get identity(): ProcessIdentity {
    return this.#process.identity;
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  /** `false` when its input is gone. */
  async write(line: string): Promise<boolean> {
    await this.#permit();
    return this.#process.write(line);
  }

  async endInput(): Promise<void> {
    await this.#permit();
    this.#process.endInput();
  }

  async terminate(): Promise<void> {
    await this.#permit();
    await signalProcess(this.identity, 'SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#permit();
    await killProcess(this.identity);
  }

  /** Step by step: `request` on its input, signals, force. */
  async stop(request: string): Promise<StopStep> {
    const interrupt = async () => {
      const sent = await this.write(request);
      // After an interrupt Claude waits for the next message; with no more input it exits.
      this.#process.endInput();
      return sent;
    };
    const permit = () => this.#permit();
    return stopChild(this.#process, { interrupt, graceMs: GRACE_MS, clock: this.#context.clock, permit });
  }

  /** To be called often while it lives: remembers what it has started. Takes a hundredth of the time at most. */
  async look(): Promise<void> {
    // What one look does not see the next one may.
    await this.#lineage.look().catch(() => undefined);
  }

  /** Ends what it has left behind, once it has ended; returns what could not be ended. */
  async sweep(): Promise<Leftover[]> {
    const controlGroup = controlGroupOf(this.#run);
    const leftovers = await sweep({
      root: this.identity,
      mark: { name: RUN_MARK, value: this.#run.id },
      isMarkOfRoot: true,
      processTree: [...(await this.#process.processTree()), ...this.#lineage.known],
      controlGroup,
      graceMs: SWEEP_GRACE_MS,
      clock: this.#context.clock,
      permit: () => this.#permit(),
    });
    await removeControlGroup(controlGroup);
    return leftovers;
  }

  async #permit(): Promise<void> {
    const { lease } = this.#context;
    await retryTransient(this.#context, () => checkLease(lease));
  }
}
