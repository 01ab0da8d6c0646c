/** The HTTP API: who can reach it, and with what. Whether its port was free is said with the supervisor. */
import { isLoopback } from '../config-http.ts';
import { readTlsFiles } from '../control/tls-files.ts';
import { allCredentials } from '../store/credentials.ts';
import { type CheckGroup, type FindingFacts, ok, problem, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function httpGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'http',
    title: 'HTTP API',
    checks: [
      { name: 'reach', subject: 'http', run: () => reach(context) },
      { name: 'names', subject: 'public_url', run: () => names(context) },
      { name: 'tls', subject: 'tls', run: () => certificate(context) },
      { name: 'tokens', subject: 'tokens', run: () => tokens(context) },
    ],
  };
}

async function reach(context: DoctorContext): Promise<FindingFacts> {
  const { enabled, listen, port, also_listen, tls } = (await context.config()).http;
  if (!enabled) return ok('http', 'The HTTP API is off');
  const ports = [port, ...also_listen];
  const where = `The HTTP API listens on ${listen}, ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
  if (isLoopback(listen)) return ok('http', `${where}: on this machine alone`);
  if (tls) return ok('http', `${where}, over TLS`);
  return warning('http', `${where}, without encryption: whoever is on the way reads tokens and plans.`, {
    hint: `Set http.tls, or http.listen to 127.0.0.1 with a proxy with TLS before it, then: ${context.applyCommand}`,
  });
}

async function names(context: DoctorContext): Promise<FindingFacts> {
  const { enabled, public_url, hosts } = (await context.config()).http;
  if (!enabled) return ok('public_url', 'The HTTP API is off');
  const url = public_url === undefined ? undefined : new URL(public_url);
  if (url?.protocol === 'http:' && !isLoopback(url.hostname))
    return warning('public_url', `${url.origin} is no https address: whoever is on the way reads tokens.`, {
      hint: `Set http.public_url to an https address, then: ${context.applyCommand}`,
    });
  const further = [...(url ? [url.host] : []), ...hosts];
  return ok(
    'public_url',
    further.length === 0
      ? 'It answers to its own addresses alone'
      : `It also answers to ${further.join(', ')}`,
  );
}

/** How long before its end a certificate is a warning. */
const SOON_MS = 14 * 24 * 3_600_000;

async function certificate(context: DoctorContext): Promise<FindingFacts> {
  const { enabled, tls, public_url } = (await context.config()).http;
  if (!enabled || !tls) return ok('tls', 'The HTTP API is not served over TLS by itself');
  const files = await readTlsFiles(tls);
  if (!files.ok)
    return problem('tls', `The HTTP API cannot be served over TLS: ${files.refusal}.`, {
      hint: 'Correct what http.tls names; the supervisor looks again by itself',
    });
  const { expiresAt, isFor } = files.value;
  const end = expiresAt.toISOString().slice(0, 10);
  const left = expiresAt.getTime() - context.clock.now().getTime();
  const renew = { hint: `Replace ${tls.cert}; the supervisor takes the new one within a minute` };
  if (left <= 0) return problem('tls', `The certificate of the HTTP API expired on ${end}.`, renew);
  const host = public_url === undefined ? undefined : new URL(public_url).hostname;
  if (host !== undefined && !isFor(host))
    return warning(
      'tls',
      `The certificate of the HTTP API is not for ${host}, the host of http.public_url.`,
      renew,
    );
  if (left < SOON_MS) return warning('tls', `The certificate of the HTTP API expires on ${end}.`, renew);
  return ok('tls', `The certificate of the HTTP API is valid until ${end}`);
}

async function tokens(context: DoctorContext): Promise<FindingFacts[]> {
  const { enabled } = (await context.config()).http;
  if (!enabled) return [ok('tokens', 'No token is needed while the HTTP API is off')];
  const store = await context.openStore();
  const all = store ? await allCredentials((await context.store()).read) : [];
  if (all.length === 0)
    return [ok('tokens', 'Nobody has a token yet; to sign a browser in: bridge-supervisor dashboard')];
  const now = context.clock.now().toISOString();
  const expired = all.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now);
  if (expired.length === 0) return [ok('tokens', `${all.length} have a token: ${namesOf(all)}`)];
  return expired.map(({ name, expiresAt }) =>
    skipped(
      name,
      `The token '${name}' expired at ${expiresAt}. Remove it with: bridge-supervisor token revoke ${name}`,
    ),
  );
}

function namesOf(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join(', ');
}
