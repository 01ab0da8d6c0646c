/** What a route works with, of one request. What is seldom asked for is found out when it is asked for. */
import type { Bridge } from '../bridge/bridge.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Send } from '../control/test-receivers.ts';
import type { Environment } from '../environment.ts';
import type { McpOverHttp } from '../mcp/http.ts';
import { type Actor, callerAsActor } from '../project/actor.ts';
import type { Credential } from '../project/credential.ts';
import { type Claim, isStillAdmitted, refuseSignIn } from './access/admit.ts';
import type { CookieTerms } from './access/cookie.ts';
import type { Pace } from './access/pace.ts';
import type { Call, FollowOutput } from './define-route.ts';
import type { EventHub } from './events/hub.ts';
import type { Headers } from './headers.ts';
import type { RequestCounts } from './request-counts.ts';
import type { Served } from './served.ts';

/** What all requests share. */
export interface Parts {
  readonly served: Served;
  /** Names this start of the supervisor. */
  readonly instance: string;
  readonly counts: RequestCounts;
  readonly pace: Pace;
  readonly mcp: McpOverHttp;
  describe(): object;
}

/** What is known of one request that was let in. */
export interface LetIn {
  readonly request: Request;
  readonly headers: Headers;
  readonly claim: Claim;
  readonly caller: Credential | undefined;
  readonly requestId: string | undefined;
  readonly cookie: CookieTerms;
}

export class RequestCall implements Call {
  readonly #parts: Parts;
  readonly #known: LetIn;

  constructor(parts: Parts, known: LetIn) {
    this.#parts = parts;
    this.#known = known;
  }

  get bridge(): Bridge {
    return this.#parts.served.bridge;
  }

  get clock(): Clock {
    return this.#parts.served.clock;
  }

  get config(): Config {
    return this.#parts.served.config;
  }

  get env(): Environment {
    return this.#parts.served.env;
  }

  get events(): EventHub {
    return this.#parts.served.events;
  }

  get followOutput(): FollowOutput {
    return this.#parts.served.followOutput;
  }

  get sendNotice(): Send {
    return this.#parts.served.sendNotice;
  }

  get trouble(): Call['trouble'] {
    return this.#parts.served.trouble;
  }

  get instance(): string {
    return this.#parts.instance;
  }

  get counts(): RequestCounts {
    return this.#parts.counts;
  }

  get describe(): Call['describe'] {
    return this.#parts.describe;
  }

  get caller(): Credential | undefined {
    return this.#known.caller;
  }

  get actor(): Actor {
    return callerAsActor(this.#known.caller);
  }

  get requestId(): string | undefined {
    return this.#known.requestId;
  }

  get cookie(): CookieTerms {
    return this.#known.cookie;
  }

  get lastEventId(): string | undefined {
    return this.#known.headers.get('last-event-id');
  }

  get wantsJson(): boolean {
    const accept = this.#known.headers.get('accept') ?? '';
    return /application\/json/i.test(accept) && !/text\/event-stream/i.test(accept);
  }

  get acceptsGzip(): boolean {
    return /\bgzip\b/i.test(this.#known.headers.get('accept-encoding') ?? '');
  }

  get signal(): AbortSignal {
    return AbortSignal.any([this.#known.request.signal, this.#parts.served.ending]);
  }

  get refuseSignIn(): Call['refuseSignIn'] {
    const { pace } = this.#parts;
    const { address } = this.#known.claim;
    return (why) => refuseSignIn(pace, address, why);
  }

  get mayStillRead(): Call['mayStillRead'] {
    const { bridge } = this.#parts.served;
    const { claim } = this.#known;
    return () => isStillAdmitted(bridge, 'read', claim);
  }

  get answerMcp(): Call['answerMcp'] {
    const { mcp, pace, served } = this.#parts;
    const { claim, request } = this.#known;
    return (side, message, caller, gone) =>
      mcp.answer(side, {
        ...{ message, caller, ending: served.ending },
        // An answer that goes elsewhere owes nothing to what this request takes.
        headers: gone ? new Headers() : request.headers,
        actor: callerAsActor(caller),
        gone: gone ?? request.signal,
        waitToWrite: () => pace.wrote(caller.name),
        isStillAdmitted: () => isStillAdmitted(served.bridge, 'admin', claim),
      });
  }
}
