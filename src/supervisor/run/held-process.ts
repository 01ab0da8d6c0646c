/**
 * The process of a run, guarded by the lease. A supervisor that was suspended and replaced must neither write to nor
 * end what its successor has adopted, so each write and each signal checks the lease first.
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

/** The name of the control group for the process of a run, where the system has control groups. */
export function controlGroupOf({ id }: Run): string {
  return `${CONTROL_GROUPS}${id}`;
}

/** Prefix of the names of our control groups. */
export const CONTROL_GROUPS = 'bridge-run-';

/** How long each step of a gentle stop may take, in milliseconds. */
const GRACE_MS = { interrupt: 3_000, int: 3_000, term: 3_000 };
const SWEEP_GRACE_MS = 2_000;

/**
 * Every method that acts on the process throws LeaseLost when another supervisor has the lease; it then has done
 * nothing.
 */
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

  /** Writes a line to its input; false when the input is closed. */
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

  /** Stops it step by step: `request` on its input, signals, then force. Returns the step that ended it. */
  async stop(request: string): Promise<StopStep> {
    const interrupt = async () => {
      const sent = await this.write(request);
      // After an interrupt Claude waits for the next message; with its input closed it exits.
      this.#process.endInput();
      return sent;
    };
    const permit = () => this.#permit();
    return stopChild(this.#process, { interrupt, graceMs: GRACE_MS, clock: this.#context.clock, permit });
  }

  /**
   * Records the descendants of the process. Call it often while the process lives; it takes a hundredth of the time at
   * most.
   */
  async look(): Promise<void> {
    // A failed look is repeated by the next one.
    await this.#lineage.look().catch(() => undefined);
  }

  /** Ends everything that the process left behind. Call it after the exit. Returns what could not be ended. */
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
