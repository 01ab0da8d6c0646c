/** What this server has shown of what waits for the person, in this conversation: a decision is about that. */
import type { ShownRound } from '../bridge/decision-binding.ts';
import type { MeasuredRound } from '../bridge/measured-round.ts';
import type { ProjectId, RequestId } from '../project/ids.ts';
import { treeOf } from '../project/measured.ts';
import type { AskedRequest } from '../project/request.ts';

export class Shown {
  readonly #rounds = new Map<ProjectId, ShownRound>();
  readonly #requests = new Set<RequestId>();

  /** Notes that an answer holds what was measured of this round, or that nothing was, beside what Claude says. */
  noteRound({ project, round, measured }: MeasuredRound): void {
    if (project.status !== 'awaiting_approval' || round !== project.round) return;
    this.#rounds.set(project.id, { round, tree: measured ? treeOf(measured.evidence) : null });
  }

  /** Null: nothing. */
  roundOf(projectId: ProjectId): ShownRound | null {
    return this.#rounds.get(projectId) ?? null;
  }

  /** Notes that an answer holds what Claude asks. */
  noteRequests(requests: readonly AskedRequest[]): void {
    for (const { id } of requests) this.#requests.add(id);
  }

  hasRequest(id: RequestId): boolean {
    return this.#requests.has(id);
  }
}
