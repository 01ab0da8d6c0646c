/**
 * What a route is: who may call it, what it takes, what it answers, and what it does. Routing, roles, docs/http.md and the
 * tests follow from this.
 *
 * To add a route: define it in routes/ with an example, list it in routes.ts, run `npm run docs`, and say in
 * test/http/expected.ts what each role may expect of it.
 */
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Bridge } from '../bridge/bridge.ts';
import type { SupervisorTrouble } from '../bridge/health.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Send } from '../control/test-receivers.ts';
import type { Environment } from '../environment.ts';
import type { HttpSide } from '../mcp/http-message.ts';
import type { Actor } from '../project/actor.ts';
import type { Credential, Role } from '../project/credential.ts';
import type { RunLine } from '../project/run-item.ts';
import type { CookieTerms } from './access/cookie.ts';
import type { EventHub } from './events/hub.ts';
import type { Example } from './example.ts';
import type { Problem, ProblemCode } from './problem.ts';
import type { RequestCounts } from './request-counts.ts';

/**
 * What Claude writes into the file of a run, from the line after the position `after` on: as it comes, and until all is
 * read once `ended` aborts. Whoever knows the form of the output hands this in.
 */
export type FollowOutput = (file: string, after: number, ended: AbortSignal) => AsyncIterable<RunLine>;

/** What a route works with. */
export interface Call {
  readonly bridge: Bridge;
  readonly clock: Clock;
  /** The configuration of the supervisor. */
  readonly config: Config;
  /** Where git is found, and what the person has told it. */
  readonly env: Environment;
  /** Who calls; undefined on an open route without a token. */
  readonly caller: Credential | undefined;
  /** The same, as the record has whoever did something. */
  readonly actor: Actor;
  /** The header `Idempotency-Key`: a client that saw no answer sends the same again. */
  readonly requestId: string | undefined;
  /** The header `Last-Event-ID`: where a client that was cut off goes on. */
  readonly lastEventId: string | undefined;
  /** Whether it asks for JSON and for nothing else. */
  readonly wantsJson: boolean;
  /** Whether it takes an answer that is compressed by gzip. */
  readonly acceptsGzip: boolean;
  readonly events: EventHub;
  readonly followOutput: FollowOutput;
  /** How a browser that calls keeps its cookie. */
  readonly cookie: CookieTerms;
  /** What the server has answered so far. */
  readonly counts: RequestCounts;
  /** Sends one notification. */
  readonly sendNotice: Send;
  /** Aborts when the client goes away, or the server ends. */
  readonly signal: AbortSignal;
  /** Names this start of the supervisor. */
  readonly instance: string;
  /** Why the supervisor does not do its work; null when it does. At most a second old. */
  trouble(): Promise<SupervisorTrouble | null>;
  /** The table of routes as OpenAPI. */
  describe(): object;
  /**
   * What the tools of a side answer to a message of MCP.
   *
   * @param gone Aborts when nobody wants the answer any more; without it, when whoever sent the message goes away.
   */
  answerMcp(side: HttpSide, message: object, caller: Credential, gone?: AbortSignal): Promise<Response>;
  /** What to answer to a sign-in that failed: this, or that there were too many. */
  refuseSignIn(why: Problem): Problem;
  /** Whether whoever called may still read: a token may be revoked while an answer goes on. */
  mayStillRead(): Promise<boolean>;
}

/** That of a route which needs a role. */
export type CallOfSomebody = Call & { readonly caller: Credential };

/** What a route answers: JSON, a text as it lies in a file, something that goes on, what somebody else has made, or a problem. */
export type Reply =
  | { readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly bytes: Uint8Array; readonly headers?: Readonly<Record<string, string>> }
  | { readonly stream: (out: ServerResponse) => void }
  | { readonly response: Response }
  | { readonly problem: Problem };

/** Who may call: anybody, or whoever has this role or a greater one. */
export type Access = 'open' | Role;

/** The media type of a text that is no JSON. */
export type TextType =
  | 'text/plain; charset=utf-8'
  | 'text/x-diff; charset=utf-8'
  | 'text/html; charset=utf-8'
  | 'text/javascript; charset=utf-8'
  | 'text/plain; version=0.0.4; charset=utf-8'
  | 'application/x-ndjson';

type NoFields = z.ZodObject<Record<never, never>>;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> {
  readonly method: Method;
  /** With `:name` for each of `params`. */
  readonly path: string;
  readonly access: Access;
  /** One sentence, for docs/http.md. */
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  /** Of what is no GET; one that is empty stands for `{}`. */
  readonly body?: B;
  /** 200 unless said otherwise. */
  readonly status?: 200 | 201 | 202;
  /** What a success has in its body: JSON of this schema, or a text of this type. */
  readonly answer: z.ZodType | TextType;
  /** How large a body may be, where plans are sent. */
  readonly maxBodyBytes?: number;
  /** It counts by itself which of its calls are writes. */
  readonly countsWrites?: true;
  /** What else it may answer, beside what every route may. */
  readonly problems?: readonly ProblemCode[];
  /** For docs/http.md; a test makes this call. */
  readonly example: Example;
  run(
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
    call: CallOfSomebody,
  ): Promise<Reply>;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodObject | undefined;
  readonly status: 200 | 201 | 202;
  readonly answer: z.ZodType | TextType;
  readonly maxBodyBytes: number;
  readonly countsWrites?: true;
  readonly problems: readonly ProblemCode[];
  readonly example: Example;
  /** The input has been read by the schemas above. Throws what the store throws. */
  run(input: Input, call: Call): Promise<Reply>;
}

export interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Whether a call of it may change something. */
export function isWrite({ method }: Pick<Route, 'method'>): boolean {
  return method !== 'GET';
}

const MAX_BODY_BYTES = 64 * 1024;

/** The path with `{name}` for each parameter, as OpenAPI writes it; `:name{.+}` may hold a slash. */
export function pathTemplate(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');
}

/** Keys that it does not know are refused: a wish to change something must not be half understood. */
export const NOTHING = z.strictObject({});

export function defineRoute<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  B extends z.ZodObject = NoFields,
>(definition: Definition<P, Q, B>): Route {
  const { params = NOTHING, query = NOTHING, body, status = 200, problems = [], run, ...rest } = definition;
  return {
    maxBodyBytes: MAX_BODY_BYTES,
    ...rest,
    params,
    query,
    body: body ?? (isWrite(rest) && rest.method !== 'DELETE' ? NOTHING : undefined),
    status,
    problems,
    // The app has parsed the input by these very schemas, and let nobody in whose role is too small.
    run: (input, call) => run(input as Parameters<typeof run>[0], call as Parameters<typeof run>[1]),
  };
}
