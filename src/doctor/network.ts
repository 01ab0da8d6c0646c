/** The proxies and gateways that the environment names: whether somebody answers there. Nothing is sent to them. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { Patient } from './context.ts';
import { type Observation, ok, problem } from './finding.ts';

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
const GATEWAY = 'ANTHROPIC_BASE_URL';
const FILES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

export async function endpoints(patient: Patient, signal: AbortSignal): Promise<Observation[]> {
  const { env, words } = await patient.setting();
  const proxies = PROXIES.filter((name) => env[name]);
  // Behind a proxy it need not be reached from here.
  const direct = proxies.length === 0 || /^https?:\/\/(127\.|localhost\b|\[::1\])/.test(env[GATEWAY] ?? '');
  const urls = [...proxies, ...(direct ? [GATEWAY] : [])].flatMap((name) =>
    env[name] ? [{ name, value: env[name] }] : [],
  );
  const files = FILES.flatMap((name) => (env[name] ? [{ name, path: env[name] }] : []));
  const found = [
    ...(await Promise.all(urls.map(({ name, value }) => endpoint(name, value, words, signal)))),
    ...files.map(({ name, path }) =>
      existsSync(path)
        ? ok(name, `${name}: ${path} is there`)
        : problem(name, `${name} is set ${words} to ${path}, which is not there.`, {
            fix: `Correct or unset ${name}.`,
          }),
    ),
  ];
  return found.length > 0 ? found : [ok('network', `No proxy or gateway is set ${words}`)];
}

async function endpoint(
  name: string,
  value: string,
  words: string,
  signal: AbortSignal,
): Promise<Observation> {
  const fix = { fix: `Correct or unset ${name}.` };
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (!url?.hostname) return problem(name, `${name} is set ${words} and is not an address.`, fix);
  const port =
    Number(url.port) || (url.protocol === 'https:' ? 443 : url.protocol.startsWith('socks') ? 1080 : 80);
  // Without user name and password.
  const place = `${url.hostname}:${port}`;
  const failure = await knock(url.hostname.replace(/^\[(.*)\]$/, '$1'), port, signal);
  if (failure === undefined) return ok(name, `${name}: ${place} answers`);
  return problem(name, `${name} is set ${words} to ${place}, where nobody answers (${failure}).`, fix);
}

const PATIENCE_MS = 4_000;

/** Resolves with why nobody answers, undefined when somebody does. */
function knock(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (why: string | undefined) => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    signal.addEventListener('abort', () => end('no answer'), { once: true });
  });
}
