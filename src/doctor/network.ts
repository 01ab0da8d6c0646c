/** Connects to the proxies and gateways that the environment names. Sends them nothing. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { type FindingFacts, ok, problem } from './check.ts';
import type { DoctorContext } from './context.ts';

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
const GATEWAY = 'ANTHROPIC_BASE_URL';
const FILES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

export async function endpoints(context: DoctorContext, signal: AbortSignal): Promise<FindingFacts[]> {
  const { env, where } = await context.supervisorEnv();
  const proxies = PROXIES.filter((name) => env[name]);
  // Behind a proxy, a gateway may be reachable through the proxy only.
  const direct = proxies.length === 0 || /^https?:\/\/(127\.|localhost\b|\[::1\])/.test(env[GATEWAY] ?? '');
  const urls = [...proxies, ...(direct ? [GATEWAY] : [])].flatMap((name) =>
    env[name] ? [{ name, value: env[name] }] : [],
  );
  const files = FILES.flatMap((name) => (env[name] ? [{ name, path: env[name] }] : []));
  const found = [
    ...(await Promise.all(urls.map(({ name, value }) => endpoint(name, value, where, signal)))),
    ...files.map(({ name, path }) =>
      existsSync(path)
        ? ok(name, `${name}: ${path} exists`)
        : problem(name, `${name} is set ${where} to ${path}, which does not exist.`, {
            hint: `Correct or unset ${name}.`,
          }),
    ),
  ];
  return found.length > 0 ? found : [ok('network', `No proxy or gateway is set ${where}`)];
}

async function endpoint(
  name: string,
  value: string,
  where: string,
  signal: AbortSignal,
): Promise<FindingFacts> {
  const hint = { hint: `Correct or unset ${name}.` };
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (!url?.hostname) return problem(name, `${name} is set ${where}, but is not an address.`, hint);
  const port =
    Number(url.port) || (url.protocol === 'https:' ? 443 : url.protocol.startsWith('socks') ? 1080 : 80);
  // User name and password are left out.
  const place = `${url.hostname}:${port}`;
  const failure = await connectionError(url.hostname.replace(/^\[(.*)\]$/, '$1'), port, signal);
  if (failure === undefined) return ok(name, `${name}: ${place} accepts connections`);
  return problem(name, `${name} is set ${where} to ${place}, which cannot be reached (${failure}).`, hint);
}

const TIMEOUT_MS = 4_000;

/** Why the connection fails; undefined when it succeeds. */
function connectionError(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (why: string | undefined) => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('timed out'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    signal.addEventListener('abort', () => end('timed out'), { once: true });
  });
}
