/** The API on a free port, on the bridge of a rig, with a token of each role. Nothing is sent that a test does not say. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { addCredential } from '../../src/bridge/credentials.ts';
import type { Health } from '../../src/bridge/health.ts';
import { makeSignInCode, signIn } from '../../src/bridge/sign-in.ts';
import { followOutput } from '../../src/claude/follow-output.ts';
import type { Clock } from '../../src/clock.ts';
import { configOfText } from '../../src/config.ts';
import type { Environment } from '../../src/environment.ts';
import { ROUTES } from '../../src/http/routes.ts';
import { HttpServer, type Timeouts } from '../../src/http/server.ts';
import { ROLES, type Role } from '../../src/project/credential.ts';
import { accepted, TOKEN } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import type { Rig } from '../rig.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered.
  readonly json: any;
}

export interface Sent {
  /** Without `host`, that of the server. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly withoutHost?: boolean;
  readonly token?: string;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface Serving extends AsyncDisposable {
  readonly port: number;
  readonly server: HttpServer;
  readonly tokens: Readonly<Record<Role, string>>;
  /** How often the supervisor was woken. */
  readonly woken: () => number;
  /** Every line of the log, as it was handed to it. */
  readonly log: readonly string[];
  call(route: string, sent?: Sent): Promise<Answer>;
  /** Writes these bytes, and resolves with all that comes back until the server ends the connection. */
  raw(bytes: string): Promise<string>;
}

export interface ServeOptions {
  /** Further keys of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly http?: Readonly<Record<string, unknown>>;
  readonly timeouts?: Timeouts;
  readonly maxConnections?: number;
  /** Instead of that of the rig, which stands still. */
  readonly clock?: Clock;
  /** The environment of the supervisor. */
  readonly env?: Environment;
  /** Why its supervisor does not work; without it, it does. */
  readonly trouble?: Health['trouble'];
  /** Instead of a free one. */
  readonly port?: number;
  /** Those that get a token; all unless another server of the same store has given them. */
  readonly roles?: readonly Role[];
}

/** Sends nothing, and says that it was sent. */
export const sendNotice = async () => ({ kind: 'sent', receipt: null }) as const;

export async function serve(rig: Rig, options: ServeOptions = {}): Promise<Serving> {
  const { http = {}, config: more = {}, timeouts, clock = rig.clock, env = {}, roles = ROLES } = options;
  const { trouble = async () => null, maxConnections } = options;
  const port = options.port ?? (await freePort());
  const settings = { workspace_roots: [rig.workspace], http: { enabled: true, port, ...http }, ...more };
  const config = configOfText(JSON.stringify(settings), 'config.json', {});
  const log: string[] = [];
  const write = (...words: readonly unknown[]) => void log.push(JSON.stringify(words));
  const logger = { error: write, warn: write, info: write, debug: write, child: () => logger };
  const woken: true[] = [];
  const server = new HttpServer({
    config,
    env,
    clock,
    log: logger,
    followOutput: (file, after, ended) => followOutput(file, after, ended, rig.clock),
    sendNotice,
    ...(timeouts && { timeouts }),
    ...(maxConnections !== undefined && { maxConnections }),
  });
  server.start({ bridge: rig.bridge, lease: { token: TOKEN }, trouble, wake: () => woken.push(true) });
  await eventually(() => {
    if (!log.some((line) => line.includes('http.listening'))) throw new Error('not yet');
  }, 5);
  const agent = new Agent({ keepAlive: true });
  const tokens = {} as Record<Role, string>;
  for (const role of roles)
    tokens[role] = accepted(await addCredential(rig.bridge, role, role, undefined, 'person')).token;
  return {
    port,
    server,
    tokens,
    woken: () => woken.length,
    log,
    call: (route, sent = {}) => call(port, agent, route, sent),
    raw: (bytes) => raw(port, bytes),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await server.close();
    },
  };
}

/** A browser that has signed in. */
export async function signedIn(
  { bridge }: Pick<Rig, 'bridge'>,
  name: string,
  role: Role,
): Promise<{ readonly cookie: string; readonly key: string }> {
  const { code } = await makeSignInCode(bridge, { name, role, lifetimeMs: 60_000 });
  return accepted(await signIn(bridge, code));
}

/** @param route Method and path, such as `GET /projects`. */
async function call(
  port: number,
  agent: Agent,
  route: string,
  { headers = {}, withoutHost = false, token, body }: Sent,
): Promise<Answer> {
  const [method, path] = route.split(' ');
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const asked = request({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path,
    setHost: false,
    headers: {
      ...(!withoutHost && { host: `127.0.0.1:${port}` }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sent !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(sent)),
      }),
      ...headers,
    },
  });
  asked.end(sent);
  const [response] = await once(asked, 'response');
  const answered = await text(response);
  const { statusCode: status, headers: given } = response;
  return {
    status,
    headers: given,
    text: answered,
    get json() {
      return JSON.parse(answered);
    },
  };
}

async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return (await buffer(socket)).toString('latin1');
}

/** The body, which must be what the route says it answers. */
export function answerOf(route: string, { status, json, text }: Answer) {
  const found = ROUTES.find(({ method, path }) => `${method} ${path}` === route);
  expect(status, text).toBe(found?.status);
  if (!found || typeof found.answer === 'string') throw new Error(`${route} answers no JSON`);
  expect(found.answer.parse(json)).toEqual(json);
  return json;
}
