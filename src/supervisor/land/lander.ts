/**
 * Lands approved work. One landing at a time in a repository: each may move the branch that the next one is for. What is
 * cut short, by a stop or by a kill, is begun again, and lands once.
 */
import { isApproved, nextToLand, recordLanding, type ToLand } from '../../bridge/landings.ts';
import type { Context, SupervisorHost } from '../context.ts';
import { ProjectJobs } from '../project-jobs.ts';
import { retryTransient } from '../transient.ts';
import { landWork } from './land-work.ts';

export class Lander {
  readonly #context: Context;
  readonly #jobs: ProjectJobs;
  /** Repositories in which something is landing. */
  readonly #busy = new Set<string>();

  constructor(context: Context, host: SupervisorHost) {
    this.#context = context;
    this.#jobs = new ProjectJobs(host);
  }

  /** How many are landing. */
  get active(): number {
    return this.#jobs.projects.length;
  }

  /** Begins to land what was approved, and gives up what was called off. Throws StoreError. */
  async attend(): Promise<void> {
    const { bridge, lease } = this.#context;
    await this.#jobs.giveUpUnless((id) => isApproved(bridge, id));
    const passedOver = new Set(this.#jobs.projects);
    while (!this.#jobs.isClosed) {
      const due = await nextToLand(lease, [...passedOver]);
      if (!due) return;
      passedOver.add(due.project.id);
      if (!this.#busy.has(due.worktree.repo)) this.#begin(due);
    }
  }

  /** Ends what is under way, with every process of it. A later supervisor begins it again. */
  async close(): Promise<void> {
    await this.#jobs.close();
  }

  #begin(due: ToLand): void {
    const { repo } = due.worktree;
    this.#busy.add(repo);
    this.#jobs.begin(due.project.id, (stop) => this.#land(due, stop).finally(() => this.#busy.delete(repo)));
  }

  async #land(due: ToLand, stop: AbortSignal): Promise<void> {
    const { lease, log } = this.#context;
    const { id, round } = due.project;
    const tried = await landWork(this.#context, due, stop);
    if (tried === undefined) return;
    const recorded = await retryTransient(this.#context, () => recordLanding(lease, due.decision, tried));
    if (!recorded.ok) log.info('project.not_landed', { project: id, round }, recorded.refusal);
  }
}
