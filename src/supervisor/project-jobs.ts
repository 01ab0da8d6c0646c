/** Work on projects beside the runs, one job for each project. A job that is cut short is begun again, here or later. */
import type { ProjectId } from '../project/ids.ts';
import type { SupervisorHost } from './context.ts';

interface Job {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class ProjectJobs {
  readonly #host: SupervisorHost;
  readonly #underWay = new Map<ProjectId, Job>();
  #isClosed = false;

  constructor(host: SupervisorHost) {
    this.#host = host;
  }

  /** Whose jobs are under way. */
  get projects(): readonly ProjectId[] {
    return [...this.#underWay.keys()];
  }

  /** Then no job begins any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins a job, which ends early when its signal aborts. Its failure is the failure of the supervisor. */
  begin(id: ProjectId, work: (stop: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const ended = work(stop.signal).finally(() => {
      this.#underWay.delete(id);
      this.#host.wake();
    });
    this.#underWay.set(id, { stop, ended });
    this.#host.runInBackground(ended);
  }

  /** Ends the jobs of projects that were called off. */
  async giveUpUnless(isDue: (id: ProjectId) => Promise<boolean>): Promise<void> {
    for (const [id, { stop }] of this.#underWay) if (!(await isDue(id))) stop.abort();
  }

  /** Ends what is under way, with every process of it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const underWay = [...this.#underWay.values()];
    for (const { stop } of underWay) stop.abort();
    await Promise.allSettled(underWay.map(({ ended }) => ended));
  }
}
