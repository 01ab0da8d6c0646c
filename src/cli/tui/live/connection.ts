/** Follows the history of the supervisor, through lost connections. */
import type { Clock } from '../../../clock.ts';
import { VERSION } from '../../../version.ts';
import type { WireEvent } from '../../../wire/schemas/event.ts';
import type { Client, Frame } from '../remote/client.ts';
import type { Target } from '../remote/target.ts';

/**
 * Whether what is shown is what is so now. `since` is when the connection was lost, in milliseconds since 1970, undefined
 * where there was none yet; `why` what is known of it, and what to do. `refused`: the server answers, and does not know our
 * token.
 */
export type State =
  | { readonly kind: 'connecting' | 'live' | 'refused' }
  | { readonly kind: 'lost'; readonly since: number | undefined; readonly why: string };

/** Is told each event; nothing when anything may have happened. */
type Listener = (event: WireEvent | undefined) => void;

const RETRY_MS = 1_000;
const MAX_RETRY_MS = 10_000;

export class Connection {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #target: Pick<Target, 'connect'>;
  readonly #stop: AbortSignal;
  readonly #listeners = new Set<Listener>();
  readonly #watchers = new Set<() => void>();
  /** Ends the pause between two attempts. */
  #hurry = new AbortController();
  #state: State = { kind: 'connecting' };
  #otherVersion: string | undefined;

  /** @param stop Ends it. */
  constructor(client: Client, target: Pick<Target, 'connect'>, clock: Clock, stop: AbortSignal) {
    this.#client = client;
    this.#target = target;
    this.#clock = clock;
    this.#stop = stop;
  }

  get state(): State {
    return this.#state;
  }

  /** That of the server, where it is another one than ours. */
  get otherVersion(): string | undefined {
    return this.#otherVersion;
  }

  /** Calls it whenever the state changes. Returns what ends it. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  };

  onEvents(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tries at once, where it waits to try again. */
  tryNow(): void {
    this.#hurry.abort();
  }

  /** Resolves when it is stopped. */
  async follow(): Promise<void> {
    let waitMs = RETRY_MS;
    while (!this.#stop.aborted) {
      const target = await this.#target.connect(this.#state.kind === 'refused');
      if (this.#stop.aborted) return;
      let wasOpen = false;
      if (target.ok) {
        this.#client.use(target.value);
        const { status, why } = await this.#client.stream('/events', this.#stop, (frame) => {
          wasOpen = true;
          this.#take(frame);
        });
        this.#client.close();
        if (this.#stop.aborted) return;
        this.#become(status === 401 ? { kind: 'refused' } : this.#lost(why));
      } else this.#become(this.#lost(target.refusal));
      waitMs = wasOpen ? RETRY_MS : Math.min(MAX_RETRY_MS, waitMs * 1.5);
      await this.#rest(waitMs);
    }
  }

  /** Where the token is refused, a person says when to try another. */
  async #rest(ms: number): Promise<void> {
    this.#hurry = new AbortController();
    const over = AbortSignal.any([this.#stop, this.#hurry.signal]);
    if (this.#state.kind !== 'refused') return this.#clock.sleep(ms, over);
    await new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
  }

  #lost(why: string): State {
    if (this.#state.kind === 'lost') return { ...this.#state, why };
    return { kind: 'lost', since: this.#state.kind === 'live' ? this.#client.now() : undefined, why };
  }

  #become(state: State): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }

  #take({ name, data }: Frame): void {
    if (name === undefined) this.#tell(JSON.parse(data) as WireEvent);
    if (name === 'hello') {
      const { version } = JSON.parse(data) as { readonly version: string };
      this.#otherVersion = version === VERSION ? undefined : version;
      this.#become({ kind: 'live' });
    }
    if (name === 'hello' || name === 'reset') this.#tell(undefined);
  }

  #tell(event: WireEvent | undefined): void {
    for (const listener of this.#listeners) listener(event);
  }
}
