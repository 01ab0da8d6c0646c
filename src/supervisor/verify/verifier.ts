/**
 * Verifies submitted work: once its run has ended, the supervisor makes the evidence, has it reviewed where the owner
 * asks for that, and records it. What is cut short, by a stop or by a kill, is made again.
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
import type { Context, SupervisorHost } from '../context.ts';
import { ProjectJobs } from '../project-jobs.ts';
import { withReview } from '../review/review-round.ts';
import type { RunStarter } from '../run/run-plan.ts';
import { endsSupervisor, retryTransient } from '../transient.ts';
import { evidenceOf } from './evidence-of.ts';

/** Verifies within `concurrency`, beside the runs. */
export class Verifier {
  readonly #context: Context;
  readonly #starter: RunStarter;
  readonly #jobs: ProjectJobs;

  constructor(context: Context, host: SupervisorHost, starter: RunStarter) {
    this.#context = context;
    this.#starter = starter;
    this.#jobs = new ProjectJobs(host);
  }

  /** How many are being verified. */
  get active(): number {
    return this.#jobs.projects.length;
  }

  /** Begins to verify what was submitted, and gives up what was called off. Throws StoreError. */
  async attend(): Promise<void> {
    const { bridge, config, lease } = this.#context;
    await this.#jobs.giveUpUnless((id) => isBeingVerified(bridge, id));
    while (this.active < config.concurrency && !this.#jobs.isClosed) {
      const due = await nextToVerify(lease, this.#jobs.projects);
      if (!due) return;
      this.#jobs.begin(due.project.id, (stop) => this.#verify(due, stop));
    }
  }

  /** Ends what is under way, with every process of it. A later supervisor makes it again. */
  async close(): Promise<void> {
    await this.#jobs.close();
  }

  async #verify(due: ToVerify, stop: AbortSignal): Promise<void> {
    const { lease, log } = this.#context;
    const { id, round } = due.project;
    try {
      const measured = await evidenceOf(this.#context, due, stop);
      if (measured === undefined || stop.aborted) return;
      const evidence = await withReview(this.#context, this.#starter, due, measured, stop);
      if (evidence === undefined || stop.aborted) return;
      const { autoApprove, review } = projectRules(this.#context.config, due.project);
      const rule = autoApprove ? { ...autoApprove, matches: matchesGlob } : undefined;
      const recorded = await retryTransient(this.#context, () =>
        recordEvidence(lease, due, evidence, { rule, repairsFindings: review?.repair ?? false }),
      );
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
