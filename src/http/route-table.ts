/**
 * Finds by the method and the path of a request what is there. Hono's routers look; its application is left out: it makes a
 * context with some twenty functions for each request, which takes as long as all that is looked at before a route.
 */
import type { Router } from 'hono/router';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { SmartRouter } from 'hono/router/smart-router';
import { TrieRouter } from 'hono/router/trie-router';
import { getPath, tryDecodeURIComponent } from 'hono/utils/url';

export interface Found<T> {
  readonly target: T;
  /** By the names in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export class RouteTable<T> {
  readonly #router: Router<T> = new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] });

  /** @param method `ALL` for any; `GET` is also that of a `HEAD`. */
  add(method: string, path: string, target: T): void {
    this.#router.add(method, path, target);
  }

  /** Of several the first that was added. */
  find(request: Pick<Request, 'method' | 'url'>): Found<T> | undefined {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const [matches, stash] = this.#router.match(method, getPath(request as Request));
    const [first] = matches;
    if (!first) return undefined;
    const [target, places] = first;
    const params: Record<string, string> = {};
    for (const name in places) {
      const place = places[name];
      const value = typeof place === 'number' ? stash?.[place] : place;
      if (value !== undefined) params[name] = tryDecodeURIComponent(value);
    }
    return { target, params };
  }
}
