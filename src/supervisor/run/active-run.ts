/**
 * One run under way, from a living process to its outcome in the store.
 *
 *   watching ──result──▶ finishing ──exit──▶ ended
 *      │                     │                 ▲
 *      └──stop / watchdog────┴──▶ stopping ────┘
 *
 * The first two states are the reader's and the watch's, `stopping` is run-stop.ts, and what makes an end an outcome
 * is run-end.ts.
 */

import { ordersFor } from '../../bridge/attending.ts';
import type { EndedRun } from '../../bridge/runs.ts';
import { tailFile } from '../../claude/tail.ts';
import { messageOf } from '../../error-message.ts';
import type { ProcessIdentity } from '../../machine/identity.ts';
import type { Outcome } from '../../project/outcome.ts';
import type { Run } from '../../project/run.ts';
import { runFiles } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, patiently } from '../patience.ts';
import type { Followed, RunSetting } from './context.ts';
import { concludeRun, giveUpRun } from './end.ts';
import { HeldProcess } from './held-process.ts';
import { LiveDisplay } from './live-state.ts';
import { RunReader } from './reader.ts';
import { Steering } from './steering.ts';
import { RunStop } from './stop.ts';
import { watchRun } from './watch.ts';

export class ActiveRun {
  readonly run: Run;
  /** Resolves when the run's outcome is in the store. */
  readonly ended: Promise<EndedRun>;

  readonly #context: Context;
  readonly #process: HeldProcess;
  readonly #stop: RunStop;
  readonly #steering: Steering;
  /** In monotonic milliseconds. */
  #submittedAt: number | undefined;

  constructor(context: Context, setting: RunSetting, process: Followed) {
    this.run = setting.run;
    this.#context = context;
    this.#process = new HeldProcess(context, setting.run, process);
    this.#stop = new RunStop(context, setting.run, this.#process);
    this.#steering = new Steering(context, setting.run, this.#process);
    this.ended = this.#follow(setting).catch((error: unknown) =>
      giveUpRun(context, setting.run, this.#process, this.#stop, error),
    );
  }

  get identity(): ProcessIdentity {
    return this.#process.identity;
  }

  /** Gives Claude the first message: what it is to do. Throws LeaseLost. */
  async begin(prompt: string): Promise<void> {
    await this.#process.write(prompt);
  }

  /** Does what follows from what a person, or the run itself, has done since the last look. Throws LeaseLost. */
  async attend(): Promise<void> {
    try {
      await patiently(this.#context, () => this.#attend());
    } catch (error) {
      if (endsSupervisor(error)) throw error;
      const message = messageOf(error);
      this.#context.log.error('run.unattended', { run: this.run.id }, message);
    }
  }

  async #attend(): Promise<void> {
    const { cancelled, submitted, approved, messages } = await ordersFor(this.#context.bridge, this.run);
    if (cancelled) return this.stop({ kind: 'cancelled' });
    if (submitted) this.#submittedAt ??= this.#context.clock.monotonic();
    // What was approved is to stay as it is.
    if (approved) return this.stop(undefined);
    // What a person says after a submission is about the next round, whose run brings it in its prompt.
    if (!submitted) await this.#steering.handOver(messages);
  }

  /** Ends the run, gently first; `because` becomes its outcome unless the work was submitted before. */
  async stop(because: Outcome | undefined): Promise<void> {
    await this.#stop.gently(because);
  }

  async #follow(setting: RunSetting): Promise<EndedRun> {
    const context = this.#context;
    const process = this.#process;
    const stop = this.#stop;
    const files = runFiles(context.bridge.home, this.run.id);
    const tail = tailFile(files.output, context.clock);
    const live = new LiveDisplay(context, this.run);
    const reader = new RunReader(context, setting, { process, stop, live, steering: this.#steering });
    const vitals = () => ({ ...reader.vitals, submittedAt: this.#submittedAt });
    const watching = new AbortController();
    const exited = process.exited.then((exit) => {
      watching.abort();
      tail.end();
      return exit;
    });
    const watched = watchRun(
      context,
      setting,
      { files, process, reader, vitals, stop, live },
      watching.signal,
    );
    // Together: a part that fails is not waited for until the others are done.
    const [exit] = await Promise.all([exited, reader.read(tail), watched]);
    return concludeRun(context, setting, process, {
      exit,
      files,
      tail,
      said: reader.said,
      hasPartials: reader.hasPartials,
      stop,
    });
  }
}
