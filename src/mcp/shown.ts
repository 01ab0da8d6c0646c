/** What this server has shown of work that waits, in this conversation: a decision that names nothing is about that. */
import type { ShownRound } from '../bridge/decision-binding.ts';
import type { MeasuredRound } from '../bridge/measured-round.ts';
import { treeOf } from '../project/evidence.ts';
import type { ProjectId } from '../project/ids.ts';

export class ShownRounds {
  readonly #rounds = new Map<ProjectId, ShownRound>();

  /** Notes that an answer holds what was measured of this round, or that nothing was, beside what Claude says. */
  note({ project, round, measured }: MeasuredRound): void {
    if (project.status !== 'awaiting_approval' || round !== project.round) return;
    this.#rounds.set(project.id, { round, tree: measured ? treeOf(measured.evidence) : null });
  }

  /** Null: nothing. */
  of(projectId: ProjectId): ShownRound | null {
    return this.#rounds.get(projectId) ?? null;
  }
}
