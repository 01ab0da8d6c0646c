/**
 * The API as a function from a request to an answer. The order of the checks is that of docs/http.md: the first that fails
 * answers. Whatever finds no route is checked alike, and then refused.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
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
import { RouteTable } from './route-table.ts';
import { ROUTES } from './routes.ts';
import type { Served } from './served.ts';

/** A request that was meant for us. */
interface Asked extends HttpBindings {
  /** Of the web standard, as far as it is looked at: its body, headers and signal cost more than most routes. */
  readonly request: Request;
  readonly headers: Headers;
}

type Params = Readonly<Record<string, string>>;

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

  const claimOf = ({ incoming, headers }: Asked, isWrite: boolean): Claim => ({
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

  const answer = async (asked: Asked, route: Route, params: Params): Promise<Response> => {
    const { outgoing: out } = asked;
    try {
      return await admitAndAnswer(asked, route, params);
    } catch (error) {
      return fail(out, error);
    } finally {
      counts.note(out.statusCode, route);
    }
  };

  const admitAndAnswer = async (asked: Asked, route: Route, params: Params): Promise<Response> => {
    const began = clock.monotonic();
    const claim = claimOf(asked, isWrite(route) && !route.countsWrites);
    const admitted = await admit(bridge, pace, route.access, claim);
    if (admitted.ok && admitted.value) uses.note(admitted.value.name);
    const response = admitted.ok
      ? await carryOut(asked, route, params, claim, admitted.value)
      : respondProblem(asked.outgoing, admitted.refusal);
    log.debug('http.answered', {
      method: route.method,
      route: route.path,
      status: asked.outgoing.statusCode,
      ms: Math.round(clock.monotonic() - began),
      ...(admitted.ok && admitted.value && { credential: admitted.value.name }),
    });
    return response;
  };

  const carryOut = async (
    asked: Asked,
    route: Route,
    params: Params,
    claim: Claim,
    caller: Credential | undefined,
  ): Promise<Response> => {
    const { request, outgoing: out, headers } = asked;
    const input = await readInput(route, {
      params,
      query: queryOf(request.url),
      contentType: headers.get('content-type'),
      announcedBytes: Number(headers.get('content-length')),
      body: route.body ? request.body : null,
      maxBodyBytes: route.maxBodyBytes,
    });
    if (!input.ok) return respondProblem(out, input.refusal);
    const requestId = headers.get('idempotency-key');
    if (requestId !== undefined && !isRequestId(requestId)) return respondProblem(out, WRONG_REQUEST_ID);
    const cookie = terms(headers.get('host') ?? '');
    const reply = await route.run(
      input.value,
      new RequestCall(parts, { request, headers, claim, caller, requestId, cookie }),
    );
    if (isWrite(route)) served.wake();
    return toResponse(asked, route, reply, headers.get('if-none-match'));
  };

  /** For whoever may come in at all: a stranger is told nothing about what is here. */
  const refuseAfterSignIn = async (asked: Asked, refusal: Problem): Promise<Response> => {
    const { outgoing: out } = asked;
    try {
      const admitted = await admit(bridge, pace, 'read', claimOf(asked, false));
      const answered = admitted.ok ? refusal : admitted.refusal;
      counts.note(PROBLEMS[answered.code].status);
      return respondProblem(out, answered);
    } catch (error) {
      return fail(out, error);
    }
  };

  const table = new RouteTable<Route>();
  for (const route of routes) table.add(route.method, route.path, route);
  /** What no route takes: why. */
  const rest = new RouteTable<Refusal>();
  for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
    const allow = sharing.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    const refusal = problem('method-not-allowed', `this takes ${allow}.`, { headers: { Allow: allow } });
    rest.add('ALL', path, { refusal, isOpen: false });
  }
  // Nobody signs in by OAuth here. Claude Code, told that its token is wrong, asks for it in these places; what it is told
  // with a 401 there is that it should ask again.
  rest.add('ALL', '/.well-known/*', { refusal: NO_SUCH_ROUTE, isOpen: true });
  rest.add('POST', '/register', { refusal: NO_SUCH_ROUTE, isOpen: true });

  const dispatch = (asked: Asked): Response | Promise<Response> => {
    const found = table.find(asked.request);
    if (found) return answer(asked, found.target, found.params);
    const { refusal, isOpen } = rest.find(asked.request)?.target ?? { refusal: NO_SUCH_ROUTE, isOpen: false };
    return isOpen ? respondProblem(asked.outgoing, refusal) : refuseAfterSignIn(asked, refusal);
  };

  return {
    fetch(request, bindings) {
      const { incoming, outgoing } = bindings as HttpBindings;
      const headers = readHeaders(incoming.rawHeaders);
      const refused = whyNotMeantForUs(provenanceOf(incoming, headers), hosts);
      if (!refused) return dispatch({ request, incoming, outgoing, headers });
      counts.note(PROBLEMS[refused.code].status);
      return respondProblem(outgoing, refused);
    },
  };
}

async function toResponse(
  { request, outgoing: out }: Asked,
  { method, path, status, answer }: Route,
  reply: Reply,
  known: string | undefined,
): Promise<Response> {
  if ('stream' in reply) {
    if (request.method === 'HEAD') return respond(out, status, 'text/event-stream; charset=utf-8', null);
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

/** What is answered where no route is; open: to strangers, too. */
interface Refusal {
  readonly refusal: Problem;
  readonly isOpen: boolean;
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
