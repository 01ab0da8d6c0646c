/**
 * Whether a request was meant for us. A page that has its own name resolve to this machine (DNS rebinding) sends its own
 * name as `Host`, so that is looked at on every route, whoever calls. A browser says which page asks, in `Origin` and
 * `Sec-Fetch-Site`; other programs send neither.
 */
import { isIP } from 'node:net';
import type { HttpSettings } from '../../config-http.ts';
import { type Problem, problem } from '../problem.ts';

/** What a request says about where it goes to and where it comes from. */
export interface Provenance {
  /** The header `Host`; several of them are one text, which is no name. */
  readonly host: string | undefined;
  /** As it stands in the first line of the request. */
  readonly target: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  /** The headers `Sec-Fetch-Mode` and `Sec-Fetch-Dest`. */
  readonly fetchMode: string | undefined;
  readonly fetchDest: string | undefined;
  readonly method: string;
}

/** The names by which we may be called, as they stand in `Host`. */
export function allowedHosts(settings: HttpSettings): ReadonlySet<string> {
  const { listen, port, also_listen, hosts, public_url, tls } = settings;
  const own = isIP(listen) === 6 ? `[${listen}]` : listen;
  const usual = tls ? 443 : 80;
  const named = [port, ...also_listen].flatMap((one) =>
    ['127.0.0.1', 'localhost', '[::1]', own].flatMap((name) => withPort(name, one, usual)),
  );
  return new Set([...named, ...hosts, ...(public_url === undefined ? [] : [new URL(public_url).host])]);
}

/** A client leaves the port out where it is that of the scheme. */
function withPort(name: string, port: number, usual: number): string[] {
  return port === usual ? [name, `${name}:${port}`] : [`${name}:${port}`];
}

/** Why the request is answered by nobody here; undefined when it may go on. */
export function whyNotMeantForUs(provenance: Provenance, allowed: ReadonlySet<string>): Problem | undefined {
  const { host, target, origin, fetchSite } = provenance;
  const isNamed = host !== undefined && allowed.has(host.toLowerCase()) && isOurs(target, allowed);
  if (!isNamed)
    return problem(
      'host-not-allowed',
      "this server does not answer to that name; call it by its address, or add the name to 'http.hosts'.",
    );
  const isOwnOrigin = origin === undefined || allowed.has(/^https?:\/\/(.+)$/.exec(origin)?.[1] ?? '');
  const isOwnSite = fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
  if (!isOwnOrigin || !(isOwnSite || opensPage(provenance)))
    return problem('origin-not-allowed', 'a page of another origin cannot use this server.');
  return undefined;
}

/** Whether somebody follows a link to the page: it has no content, and whoever made the link reads nothing of it. */
function opensPage({ method, target, fetchMode, fetchDest, origin }: Provenance): boolean {
  const isPage = method === 'GET' && target === '/' && origin === undefined;
  return isPage && fetchMode === 'navigate' && fetchDest === 'document';
}

/** The target is a path; a whole URL, as a proxy is sent, must name us too. */
function isOurs(target: string, allowed: ReadonlySet<string>): boolean {
  if (target.startsWith('/') && !target.startsWith('//')) return true;
  const [, name = ''] = /^https?:\/\/([^/?#]+)/i.exec(target) ?? [];
  return allowed.has(name.toLowerCase());
}
