/**
 * Lands approved work. One landing at a time in a repository: each may move the branch that the next one is for. What is
 * cut short, by a stop or by a kill, is begun again, and lands once.
 */
import { isApproved, nextToLand, recordLanding, type ToLand } from '../../bridge/landings.ts';
import type { ProjectId } from '../../project/ids.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import { landWork } from './land-work.ts';

interface LanderHost {
  /** Reconciles soon: the change feed does not report our own changes. */
  wake(): void;
  /** Runs work whose failure is the failure of the supervisor. */
  runInBackground(work: Promise<unknown>): void;
}

interface UnderWay {
  readonly repo: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class Lander {
  readonly #context: Context;
  readonly #host: LanderHost;
  readonly #underWay = new Map<ProjectId, UnderWay>();
  #isClosed = false;

  constructor(context: Context, host: LanderHost) {
    this.#context = context;
    this.#host = host;
  }

  /** How many are landing. */
  get active(): number {
    return this.#underWay.size;
  }

  /** Begins to land what was approved, and gives up what was called off. Throws StoreError. */
  async attend(): Promise<void> {
    const { bridge, lease } = this.#context;
    for (const [id, { stop }] of this.#underWay) if (!(await isApproved(bridge, id))) stop.abort();
    const passedOver = new Set(this.#underWay.keys());
    while (!this.#isClosed) {
      const due = await nextToLand(lease, [...passedOver]);
      if (!due) return;
      passedOver.add(due.project.id);
      const isBusy = [...this.#underWay.values()].some(({ repo }) => repo === due.worktree.repo);
      if (!isBusy) this.#begin(due);
    }
  }

  /** Ends what is under way, with every process of it. A later supervisor begins it again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const underWay = [...this.#underWay.values()];
    for (const { stop } of underWay) stop.abort();
    await Promise.allSettled(underWay.map(({ ended }) => ended));
  }

  #begin(due: ToLand): void {
    const { id } = due.project;
    const stop = new AbortController();
    const ended = this.#land(due, stop.signal).finally(() => {
      this.#underWay.delete(id);
      this.#host.wake();
    });
    this.#underWay.set(id, { repo: due.worktree.repo, stop, ended });
    this.#host.runInBackground(ended);
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
