/**
 * The scripts that this server runs. A script outlives the call that started it, and not the server: whoever asked for it is
 * gone then.
 */
import type { Result } from '../../result.ts';
import type { ScriptRequest, StartedScript } from '../../scripts/run-script.ts';
import type { BridgeAccess } from '../open-bridge.ts';

export class ScriptJobs {
  readonly #access: BridgeAccess;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(access: BridgeAccess) {
    this.#access = access;
  }

  /** Starts a script, and holds the store open until it has ended. Throws StoreError and ConfigError. */
  async start(request: ScriptRequest): Promise<Result<StartedScript>> {
    const begun = Promise.withResolvers<Result<StartedScript>>();
    const work = this.#access
      .use(async (verbs) => {
        const started = await verbs.startScript(request, this.#stopping.signal);
        begun.resolve(started);
        if (started.ok) await started.value.finished;
      })
      // After its begin, a failure shows in the record: nobody waits here for more.
      .catch(begun.reject);
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
    return begun.promise;
  }

  /** Ends what runs, with all it has started, and records it. */
  async close(): Promise<void> {
    this.#stopping.abort();
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
