/** The HTTP API: who can reach it, and with what. Whether its port was free is said with the supervisor. */
import { isLoopback } from '../config-http.ts';
import { allCredentials } from '../store/credentials.ts';
import { type CheckGroup, type FindingFacts, ok, skipped, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function httpGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'http',
    title: 'HTTP API',
    checks: [
      { name: 'reach', subject: 'http', run: () => reach(context) },
      { name: 'tokens', subject: 'tokens', run: () => tokens(context) },
    ],
  };
}

async function reach(context: DoctorContext): Promise<FindingFacts> {
  const { enabled, listen, port } = (await context.config()).http;
  if (!enabled) return ok('http', 'The HTTP API is off');
  const where = `The HTTP API listens on ${listen}, port ${port}`;
  if (isLoopback(listen)) return ok('http', `${where}: on this machine alone`);
  return warning('http', `${where}, without encryption: whoever is on the way reads tokens and plans.`, {
    hint: `Set http.listen to 127.0.0.1 and put a proxy with TLS before it, then: ${context.applyCommand}`,
  });
}

async function tokens(context: DoctorContext): Promise<FindingFacts[]> {
  const { enabled } = (await context.config()).http;
  if (!enabled) return [ok('tokens', 'No token is needed while the HTTP API is off')];
  const store = await context.openStore();
  const all = store ? await allCredentials((await context.store()).read) : [];
  const add = { hint: 'bridge-supervisor token add NAME --role read' };
  if (all.length === 0) return [warning('tokens', 'The HTTP API is on, and nobody has a token for it.', add)];
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
