/**
 * The API as a function from a request to an answer. The order of the checks is that of docs/http.md: the first that fails
 * answers. Hono finds the route; whatever finds none is checked alike, and then refused.
 */

import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { type Bridge, isTransientStoreError } from '../bridge/bridge.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Send } from '../control/test-receivers.ts';
import type { Environment } from '../environment.ts';
import { messageOf } from '../error-message.ts';
import type { Log } from '../log.ts';
import { McpOverHttp } from '../mcp/http.ts';
import { callerAsActor } from '../project/actor.ts';
import type { Credential } from '../project/credential.ts';
import { LIMITS } from '../project/text.ts';
import { admit, type Claim, isStillAdmitted, refuseSignIn } from './access/admit.ts';
import { cookieIn, cookieTerms } from './access/cookie.ts';
import { allowedHosts, whyNotMeantForUs } from './access/hosts.ts';
import { Pace } from './access/pace.ts';
import type { Uses } from './access/uses.ts';
import { type FollowOutput, isWrite, type Reply, type Route } from './define-route.ts';
import type { EventHub } from './events/hub.ts';
import { openApiOf } from './openapi.ts';
import { PROBLEMS, type Problem, problem } from './problem.ts';
import { readInput } from './read-input.ts';
import { relay } from './relay.ts';
import { RequestCounts } from './request-counts.ts';
import { respond, respondJson, respondProblem, respondTagged } from './respond.ts';
import { ROUTES } from './routes.ts';

/** What the API works on. */
export interface Served {
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
  readonly events: EventHub;
  readonly followOutput: FollowOutput;
  readonly uses: Uses;
  /** Sends one notification, as the supervisor does. */
  readonly sendNotice: Send;
  /** Aborts when the server ends. */
  readonly ending: AbortSignal;
  /** The supervisor looks at once: something was changed. */
  wake(): void;
}

type Asked = Context<{ Bindings: HttpBindings }>;

export function createApp(
  served: Served,
  routes: readonly Route[] = ROUTES,
): Hono<{ Bindings: HttpBindings }> {
  const { bridge, clock, config, env, events, ending, followOutput, log, sendNotice, uses } = served;
  const counts = new RequestCounts();
  const pace = new Pace(clock);
  const openVerbs = async () => (await import('../mcp/local-verbs.ts')).bindVerbs(bridge, env);
  const mcp = new McpOverHttp(openVerbs, clock);
  const hosts = allowedHosts(config.http);
  const app = new Hono<{ Bindings: HttpBindings }>();
  let document: object | undefined;
  const describe = () => {
    document ??= openApiOf(routes);
    return document;
  };

  app.use(async (asked, next) => {
    const refused = whyNotMeantForUs(provenanceOf(asked), hosts);
    if (refused) counts.note(PROBLEMS[refused.code].status);
    if (refused) return respondProblem(asked.env.outgoing, refused);
    return next();
  });

  const terms = cookieTerms(config.http);
  const termsOf = ({ req }: Asked) => terms(req.header('host') ?? '');
  const claimOf = (asked: Asked, isWrite: boolean): Claim => ({
    authorization: asked.req.header('authorization'),
    cookie: cookieIn(asked.req.header('cookie'), termsOf(asked)),
    key: asked.req.header('bridge-key'),
    address: asked.env.incoming.socket.remoteAddress ?? '',
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
    const claim = claimOf(asked, isWrite(route) && !route.countsWrites);
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
    const out = asked.env.outgoing;
    const input = await readInput(route, {
      params: asked.req.param() as Record<string, string>,
      query: new URL(asked.req.url).searchParams,
      contentType: asked.req.header('content-type'),
      announcedBytes: Number(asked.req.header('content-length')),
      // To look at it makes a request of the web standard, which costs more than most routes.
      body: route.body ? asked.req.raw.body : null,
      maxBodyBytes: route.maxBodyBytes,
    });
    if (!input.ok) return respondProblem(out, input.refusal);
    const requestId = asked.req.header('idempotency-key');
    if (requestId !== undefined && !isRequestId(requestId)) return respondProblem(out, WRONG_REQUEST_ID);
    const { req } = asked;
    const reply = await route.run(input.value, {
      ...{ bridge, clock, config, counts, env, events, followOutput, sendNotice, caller, requestId },
      actor: callerAsActor(caller),
      lastEventId: req.header('last-event-id'),
      wantsJson:
        /application\/json/i.test(req.header('accept') ?? '') && !acceptsStream(req.header('accept')),
      acceptsGzip: /\bgzip\b/i.test(req.header('accept-encoding') ?? ''),
      get signal() {
        return AbortSignal.any([req.raw.signal, ending]);
      },
      describe,
      answerMcp: (side, message, caller) =>
        mcp.answer(side, {
          ...{ message, caller, ending },
          headers: req.raw.headers,
          actor: callerAsActor(caller),
          gone: req.raw.signal,
          waitToWrite: () => pace.wrote(caller.name),
          isStillAdmitted: () => isStillAdmitted(bridge, 'admin', claim),
        }),
      cookie: termsOf(asked),
      refuseSignIn: (why) => refuseSignIn(pace, claim.address, why),
      mayStillRead: () => isStillAdmitted(bridge, 'read', claim),
    });
    if (isWrite(route)) served.wake();
    return toResponse(asked, route, reply);
  };

  /** For whoever may come in at all: a stranger is told nothing about what is here. */
  const refuseAfterSignIn = async (asked: Asked, refusal: Problem): Promise<Response> => {
    const admitted = await admit(bridge, pace, 'read', claimOf(asked, false));
    const answered = admitted.ok ? refusal : admitted.refusal;
    counts.note(PROBLEMS[answered.code].status);
    return respondProblem(asked.env.outgoing, answered);
  };

  for (const route of routes) app.on(route.method, route.path, (asked) => answer(asked, route));
  for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
    const allow = sharing.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    const refusal = problem('method-not-allowed', `this takes ${allow}.`, { headers: { Allow: allow } });
    app.all(path, (asked) => refuseAfterSignIn(asked, refusal));
  }
  // Nobody signs in by OAuth here. Claude Code, told that its token is wrong, asks for it in these places; what it is told
  // with a 401 there is that it should ask again.
  app.all('/.well-known/*', ({ env }) => respondProblem(env.outgoing, NO_SUCH_ROUTE));
  app.post('/register', ({ env }) => respondProblem(env.outgoing, NO_SUCH_ROUTE));
  app.notFound((asked) => refuseAfterSignIn(asked, NO_SUCH_ROUTE));
  app.onError((error, { env: { outgoing } }) => fail(outgoing, error));
  return app;
}

function acceptsStream(accept: string | undefined): boolean {
  return accept !== undefined && /text\/event-stream/i.test(accept);
}

async function toResponse(
  { env: { outgoing: out }, req }: Asked,
  { method, path, status, answer }: Route,
  reply: Reply,
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
    return respondTagged(out, status, reply.body, reply.headers, req.header('if-none-match'));
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

function provenanceOf({ env: { incoming } }: Asked) {
  return {
    hosts: valuesOf(incoming.rawHeaders, 'host'),
    target: incoming.url ?? '',
    origins: valuesOf(incoming.rawHeaders, 'origin'),
    fetchSite: valuesOf(incoming.rawHeaders, 'sec-fetch-site')[0],
    fetchMode: valuesOf(incoming.rawHeaders, 'sec-fetch-mode')[0],
    fetchDest: valuesOf(incoming.rawHeaders, 'sec-fetch-dest')[0],
    method: incoming.method ?? '',
  };
}

/** Node keeps the first of several `Host` headers alone, and joins others. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}
