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
import { projectRules } from '../../bridge/work-rules.ts';
import { messageOf } from '../../error-message.ts';
import { matchesGlob } from '../../evidence/glob.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Context } from '../context.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { evidenceOf } from './evidence-of.ts';

interface VerifierHost {
  /** Reconciles soon: the change feed does not report our own changes. */
  wake(): void;
  /** Runs work whose failure is the failure of the supervisor. */
  runInBackground(work: Promise<unknown>): void;
}

interface UnderWay {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Verifies within `concurrency`, beside the runs. */
export class Verifier {
  readonly #context: Context;
  readonly #host: VerifierHost;
  readonly #underWay = new Map<ProjectId, UnderWay>();
  #isClosed = false;

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
    const { bridge, config, lease } = this.#context;
    for (const [id, { stop }] of this.#underWay) if (!(await isBeingVerified(bridge, id))) stop.abort();
    while (this.#underWay.size < config.concurrency && !this.#isClosed) {
      const due = await nextToVerify(lease, [...this.#underWay.keys()]);
      if (!due) return;
      this.#begin(due);
    }
  }

  /** Ends what is under way, with every process of it. A later supervisor makes it again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const underWay = [...this.#underWay.values()];
    for (const { stop } of underWay) stop.abort();
    await Promise.allSettled(underWay.map(({ ended }) => ended));
  }

  #begin(due: ToVerify): void {
    const { id } = due.project;
    const stop = new AbortController();
    const ended = this.#verify(due, stop.signal).finally(() => {
      this.#underWay.delete(id);
      this.#host.wake();
    });
    this.#underWay.set(id, { stop, ended });
    this.#host.runInBackground(ended);
  }

  async #verify(due: ToVerify, stop: AbortSignal): Promise<void> {
    const { lease, log } = this.#context;
    const { id, round } = due.project;
    try {
      const evidence = await evidenceOf(this.#context, due, stop);
      if (evidence === undefined || stop.aborted) return;
      const { autoApprove } = projectRules(this.#context.config, due.project);
      const rule = autoApprove ? { ...autoApprove, matches: matchesGlob } : undefined;
      const recorded = await retryTransient(this.#context, () => recordEvidence(lease, due, evidence, rule));
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
