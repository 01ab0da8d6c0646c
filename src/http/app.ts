/**
 * The API as a function from a request to an answer. The order of the checks is that of docs/http.md: the first that fails
 * answers. Hono finds the route; whatever finds none is checked alike, and then refused.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { isTransientStoreError } from '../bridge/bridge.ts';
import { instanceOf } from '../control/api-address.ts';
import { messageOf } from '../error-message.ts';
import { McpOverHttp } from '../mcp/http.ts';
import type { Credential } from '../project/credential.ts';
import { LIMITS } from '../project/text.ts';
import { admit, type Claim } from './access/admit.ts';
import { cookieIn, cookieTerms } from './access/cookie.ts';
import { allowedHosts, type Provenance, whyNotMeantForUs } from './access/hosts.ts';
import { Pace } from './access/pace.ts';
import { isWrite, type Reply, type Route } from './define-route.ts';
import { type Headers, readHeaders } from './headers.ts';
import { openApiOf } from './openapi.ts';
import { PROBLEMS, type Problem, problem } from './problem.ts';
import { readInput } from './read-input.ts';
import { relay } from './relay.ts';
import { type Parts, RequestCall } from './request-call.ts';
import { RequestCounts } from './request-counts.ts';
import { respond, respondJson, respondProblem, respondTagged } from './respond.ts';
import { ROUTES } from './routes.ts';
import type { Served } from './served.ts';

/** A request that was meant for us. */
interface Bound extends HttpBindings {
  readonly headers: Headers;
}

type Asked = Context<{ Bindings: Bound }>;

/** The API: what answers a request. */
export interface App {
  /** The answer is written already. A server of HTTP/2 is none of ours. */
  fetch(request: Request, bindings: HttpBindings | Http2Bindings): Response | Promise<Response>;
}

export function createApp(served: Served, routes: readonly Route[] = ROUTES): App {
  const { bridge, clock, config, env, log, uses } = served;
  const counts = new RequestCounts();
  const pace = new Pace(clock);
  const openVerbs = async () => (await import('../mcp/local-verbs.ts')).bindVerbs(bridge, env);
  const mcp = new McpOverHttp(openVerbs, clock, env);
  const hosts = allowedHosts(config.http);
  const terms = cookieTerms(config.http);
  let document: object | undefined;
  const describe = () => {
    document ??= openApiOf(routes);
    return document;
  };
  const instance = instanceOf(served.lease);
  const parts: Parts = { served, instance, counts, pace, mcp, describe };

  const claimOf = ({ incoming, headers }: Bound, isWrite: boolean): Claim => ({
    authorization: headers.get('authorization'),
    cookie: cookieIn(headers.get('cookie'), terms(headers.get('host') ?? '')),
    key: headers.get('bridge-key'),
    address: incoming.socket.remoteAddress ?? '',
    isWrite,
  });

  const fail = (out: ServerResponse, error: unknown): Response => {
    if (isTransientStoreError(error)) return respondProblem(out, UNAVAILABLE);
    log.error('http.failed', {}, messageOf(error));
    return respondProblem(out, INTERNAL);
  };

  const answer = async (asked: Asked, route: Route): Promise<Response> => {
    const out = asked.env.outgoing;
    try {
      return await admitAndAnswer(asked, route);
    } catch (error) {
      return fail(out, error);
    } finally {
      counts.note(out.statusCode, route);
    }
  };

  const admitAndAnswer = async (asked: Asked, route: Route): Promise<Response> => {
    const began = clock.monotonic();
    const claim = claimOf(asked.env, isWrite(route) && !route.countsWrites);
    const admitted = await admit(bridge, pace, route.access, claim);
    if (admitted.ok && admitted.value) uses.note(admitted.value.name);
    const response = admitted.ok
      ? await carryOut(asked, route, claim, admitted.value)
      : respondProblem(asked.env.outgoing, admitted.refusal);
    log.debug('http.answered', {
      method: route.method,
      route: route.path,
      status: asked.env.outgoing.statusCode,
      ms: Math.round(clock.monotonic() - began),
      ...(admitted.ok && admitted.value && { credential: admitted.value.name }),
    });
    return response;
  };

  const carryOut = async (
    asked: Asked,
    route: Route,
    claim: Claim,
    caller: Credential | undefined,
  ): Promise<Response> => {
    const { outgoing: out, headers } = asked.env;
    const input = await readInput(route, {
      params: asked.req.param() as Record<string, string>,
      query: queryOf(asked.req.url),
      contentType: headers.get('content-type'),
      announcedBytes: Number(headers.get('content-length')),
      // To look at it makes a request of the web standard, which costs more than most routes.
      body: route.body ? asked.req.raw.body : null,
      maxBodyBytes: route.maxBodyBytes,
    });
    if (!input.ok) return respondProblem(out, input.refusal);
    const requestId = headers.get('idempotency-key');
    if (requestId !== undefined && !isRequestId(requestId)) return respondProblem(out, WRONG_REQUEST_ID);
    const cookie = terms(headers.get('host') ?? '');
    const reply = await route.run(
      input.value,
      new RequestCall(parts, { request: asked.req.raw, headers, claim, caller, requestId, cookie }),
    );
    if (isWrite(route)) served.wake();
    return toResponse(asked, route, reply, headers.get('if-none-match'));
  };

  /** For whoever may come in at all: a stranger is told nothing about what is here. */
  const refuseAfterSignIn = async ({ env }: Asked, refusal: Problem): Promise<Response> => {
    const admitted = await admit(bridge, pace, 'read', claimOf(env, false));
    const answered = admitted.ok ? refusal : admitted.refusal;
    counts.note(PROBLEMS[answered.code].status);
    return respondProblem(env.outgoing, answered);
  };

  const app = new Hono<{ Bindings: Bound }>();
  for (const route of routes) app.on(route.method, route.path, (asked) => answer(asked, route));
  // What no route takes goes through a table of its own: a request for which there are two handlers costs Hono a chain.
  const rest = new Hono<{ Bindings: Bound }>();
  for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
    const allow = sharing.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    const refusal = problem('method-not-allowed', `this takes ${allow}.`, { headers: { Allow: allow } });
    rest.all(path, (asked) => refuseAfterSignIn(asked, refusal));
  }
  // Nobody signs in by OAuth here. Claude Code, told that its token is wrong, asks for it in these places; what it is told
  // with a 401 there is that it should ask again.
  rest.all('/.well-known/*', ({ env }) => respondProblem(env.outgoing, NO_SUCH_ROUTE));
  rest.post('/register', ({ env }) => respondProblem(env.outgoing, NO_SUCH_ROUTE));
  rest.notFound((asked) => refuseAfterSignIn(asked, NO_SUCH_ROUTE));
  app.notFound(({ req, env }) => rest.fetch(req.raw, env));
  for (const one of [app, rest]) one.onError((error, { env: { outgoing } }) => fail(outgoing, error));

  return {
    fetch(request, bindings) {
      const { incoming, outgoing } = bindings as HttpBindings;
      const headers = readHeaders(incoming.rawHeaders);
      const refused = whyNotMeantForUs(provenanceOf(incoming, headers), hosts);
      if (!refused) return app.fetch(request, { incoming, outgoing, headers });
      counts.note(PROBLEMS[refused.code].status);
      return respondProblem(outgoing, refused);
    },
  };
}

async function toResponse(
  { env: { outgoing: out }, req }: Asked,
  { method, path, status, answer }: Route,
  reply: Reply,
  known: string | undefined,
): Promise<Response> {
  if ('stream' in reply) {
    if (req.raw.method === 'HEAD') return respond(out, status, 'text/event-stream; charset=utf-8', null);
    reply.stream(out);
    return RESPONSE_ALREADY_SENT;
  }
  if ('response' in reply) {
    await relay(reply.response, out);
    return RESPONSE_ALREADY_SENT;
  }
  if ('problem' in reply) return respondProblem(out, reply.problem);
  if ('body' in reply && method === 'GET' && path.includes(':'))
    return respondTagged(out, status, reply.body, reply.headers, known);
  if ('body' in reply) return respondJson(out, status, reply.body, reply.headers);
  return respond(out, status, typeof answer === 'string' ? answer : 'text/plain', reply.bytes, reply.headers);
}

function isRequestId(text: string): boolean {
  return text !== '' && text.length <= LIMITS.requestId;
}

const WRONG_REQUEST_ID = problem('invalid', `Idempotency-Key: must be 1 to ${LIMITS.requestId} characters.`);
const NO_SUCH_ROUTE = problem(
  'no-such-route',
  'there is nothing here; GET /health is open, docs/http.md has all.',
);
const UNAVAILABLE = problem('unavailable', 'the store cannot answer now; nothing was changed, try again.', {
  headers: { 'Retry-After': '1' },
});
const INTERNAL = problem('internal', 'this failed; the log of the supervisor says why.');

/** Most requests have none; a URL of the web standard costs more than to look. */
function queryOf(url: string): Readonly<Record<string, string>> {
  return url.includes('?') ? Object.fromEntries(new URL(url).searchParams) : NOTHING_BROUGHT;
}

const NOTHING_BROUGHT: Readonly<Record<string, string>> = {};

function provenanceOf(incoming: IncomingMessage, headers: Headers): Provenance {
  return {
    host: headers.get('host'),
    target: incoming.url ?? '',
    origin: headers.get('origin'),
    fetchSite: headers.get('sec-fetch-site'),
    fetchMode: headers.get('sec-fetch-mode'),
    fetchDest: headers.get('sec-fetch-dest'),
    method: incoming.method ?? '',
  };
}
