/**
 * Verifies submitted work: once its run has ended, the supervisor makes the evidence and records it. What is cut short,
 * by a stop or by a kill, is made again.
 */
import {
  isBeingVerified,
  nextToVerify,
  parkVerifying,
  recordEvidence,
  type ToVerify,
} from '../../bridge/verifying.ts';
import { messageOf } from '../../error-message.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { makeEvidence } from './make-evidence.ts';

interface VerifierHost {
  /** Reconciles soon: the change feed does not report our own changes. */
  wake(): void;
  /** Runs work whose failure is the failure of the supervisor. */
  runInBackground(work: Promise<unknown>): void;
}

/** Verifies within `concurrency`, beside the runs. */
export class Verifier {
  readonly #context: Context;
  readonly #host: VerifierHost;
  readonly #underWay = new Map<ProjectId, AbortController>();

  constructor(context: Context, host: VerifierHost) {
    this.#context = context;
    this.#host = host;
  }

  /** How many are being verified. */
  get active(): number {
    return this.#underWay.size;
  }

  /** Begins to verify what was submitted, and gives up what was called off. Throws StoreError. */
  async attend(): Promise<void> {
    const { bridge, config, lease, stopping } = this.#context;
    for (const [id, stop] of this.#underWay) if (!(await isBeingVerified(bridge, id))) stop.abort();
    while (this.#underWay.size < config.concurrency && !stopping.aborted) {
      const due = await nextToVerify(lease, [...this.#underWay.keys()]);
      if (!due) return;
      const { id } = due.project;
      const stop = new AbortController();
      this.#underWay.set(id, stop);
      const verified = this.#verify(due, AbortSignal.any([stop.signal, stopping])).finally(() => {
        this.#underWay.delete(id);
        this.#host.wake();
      });
      this.#host.runInBackground(verified);
    }
  }

  async #verify(due: ToVerify, stop: AbortSignal): Promise<void> {
    const { lease, log } = this.#context;
    const { id, round } = due.project;
    try {
      const evidence = await makeEvidence(this.#context, due);
      if (stop.aborted) return;
      const recorded = await retryTransient(this.#context, () => recordEvidence(lease, due, evidence));
      if (!recorded.ok) log.info('project.not_verified', { project: id, round }, recorded.refusal);
    } catch (error) {
      if (stop.aborted && !endsSupervisor(error)) return;
      await this.#giveUp(due, error);
    }
  }

  /** The error is of this project alone; one that ends the supervisor is rethrown. */
  async #giveUp({ project: { id, round } }: ToVerify, error: unknown): Promise<void> {
    if (endsSupervisor(error)) throw error;
    const { lease, log } = this.#context;
    const message = messageOf(error);
    log.error('project.not_verified', { project: id, round }, message);
    const reason = `round ${round} could not be verified: ${message}`;
    await retryTransient(this.#context, () => parkVerifying(lease, id, reason));
  }
}
