/**
 * When the limit of one model family is over, one run of it tries before its others follow. Runs of other families go
 * on meanwhile. Forgotten with the supervisor: then some more of them try at once, and are held again.
 */
import type { RunId } from '../project/ids.ts';
import type { Run } from '../project/run.ts';

export class FamilyProbes {
  /** By family: the run that tries; undefined while none has started. */
  readonly #runs = new Map<string, string | undefined>();

  /** The limit of this family has ended. */
  expect(family: string): void {
    this.#runs.set(family, undefined);
  }

  /** Families of which a run is trying now. */
  get trying(): string[] {
    return [...this.#runs].flatMap(([family, run]) => (run === undefined ? [] : [family]));
  }

  /** A run without a model may be of any family. */
  started({ id, model }: Pick<Run, 'id' | 'model'>): void {
    for (const [family, run] of this.#runs)
      if (run === undefined && (model ?? family).toLowerCase().includes(family)) this.#runs.set(family, id);
  }

  /** The model answers again. Whether others may follow now. */
  answered(runId: RunId): boolean {
    const families = this.#of(runId);
    for (const family of families) this.#runs.delete(family);
    return families.length > 0;
  }

  /** One that ended without an answer has found out nothing: the next one tries. */
  ended(runId: RunId): void {
    for (const family of this.#of(runId)) this.#runs.set(family, undefined);
  }

  #of(runId: RunId): string[] {
    return [...this.#runs].flatMap(([family, run]) => (run === runId ? [family] : []));
  }
}
