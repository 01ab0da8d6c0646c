/** How often each route has answered with which status, since the server began. */
import type { Sample } from './exposition.ts';

/** Of a request that no route took: its path is nothing of ours. */
const NO_ROUTE = { method: '', path: '' };

export class RequestCounts {
  readonly #counts = new Map<string, { readonly labels: Record<string, string>; value: number }>();

  /** Notes an answer. */
  note(
    status: number,
    { method, path: route }: { readonly method: string; readonly path: string } = NO_ROUTE,
  ): void {
    const key = `${method} ${route} ${status}`;
    const known = this.#counts.get(key);
    if (known) known.value += 1;
    else this.#counts.set(key, { labels: { method, route, status: String(status) }, value: 1 });
  }

  samples(): readonly Sample[] {
    return [...this.#counts.values()];
  }
}
