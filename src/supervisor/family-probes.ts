/**
 * When the limit of a model family ends, one run of that family probes it before the others follow. Other families are
 * not affected. The state is in memory only: the hold has ended and its row with it, so the store has no place for the
 * probe. After a restart several runs may probe at once, and are held again.
 */
import type { RunId } from '../project/ids.ts';
import type { Run } from '../project/run.ts';

/** One probe for each model family whose limit has ended. */
export class FamilyProbes {
  /** The probing run by family; undefined while none has started. */
  readonly #runs = new Map<string, string | undefined>();

  /** The limit of this family has ended. */
  expect(family: string): void {
    this.#runs.set(family, undefined);
  }

  /** Families with a probe under way. */
  get probing(): string[] {
    return [...this.#runs].flatMap(([family, run]) => (run === undefined ? [] : [family]));
  }

  /** A run has started: it probes each expected family that it belongs to. A run without a model may belong to any. */
  started({ id, model }: Pick<Run, 'id' | 'model'>): void {
    for (const [family, run] of this.#runs)
      if (run === undefined && (model ?? family).toLowerCase().includes(family)) this.#runs.set(family, id);
  }

  /** The model answered this run. Returns whether other runs of a family may follow now. */
  answered(runId: RunId): boolean {
    const families = this.#of(runId);
    for (const family of families) this.#runs.delete(family);
    return families.length > 0;
  }

  /** The run ended. Without an answer it found out nothing, so the next run probes. */
  ended(runId: RunId): void {
    for (const family of this.#of(runId)) this.#runs.set(family, undefined);
  }

  #of(runId: RunId): string[] {
    return [...this.#runs].flatMap(([family, run]) => (run === runId ? [family] : []));
  }
}
