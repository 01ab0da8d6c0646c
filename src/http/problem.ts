/**
 * What is answered when a request is refused or fails: RFC 9457, with the same sentence as `detail` and as `error`. A client
 * goes by `code`; nothing of a program inside, of a file or of the database is ever in it.
 */

/** Each code, with its status and its title. */
export const PROBLEMS = {
  'host-not-allowed': { status: 421, title: 'Host not allowed' },
  'origin-not-allowed': { status: 403, title: 'Origin not allowed' },
  'not-signed-in': { status: 401, title: 'Not signed in' },
  'slow-down': { status: 429, title: 'Too many requests' },
  'role-too-small': { status: 403, title: 'Role too small' },
  'no-such-route': { status: 404, title: 'No such route' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'body-too-large': { status: 413, title: 'Body too large' },
  'json-only': { status: 415, title: 'JSON only' },
  'not-json': { status: 400, title: 'Not JSON' },
  invalid: { status: 422, title: 'Invalid request' },
  'reason-required': { status: 422, title: 'Reason required' },
  'project-not-found': { status: 404, title: 'Project not found' },
  'round-not-found': { status: 404, title: 'Round not found' },
  'not-measured': { status: 404, title: 'Not measured' },
  'not-kept': { status: 404, title: 'No longer kept, or never there' },
  'request-not-found': { status: 404, title: 'Request not found' },
  'request-settled': { status: 409, title: 'Decided already, or to be decided otherwise' },
  'receiver-not-found': { status: 404, title: 'Nobody of this name is notified' },
  'run-not-found': { status: 404, title: 'Run not found' },
  'schedule-not-found': { status: 404, title: 'Schedule not found' },
  'token-not-found': { status: 404, title: 'Token not found' },
  'name-taken': { status: 409, title: 'Name taken' },
  'not-a-browser': { status: 409, title: 'Not signed in as a browser' },
  'plan-refused': { status: 422, title: 'Plan not accepted' },
  'plan-unchanged': { status: 409, title: 'The plan is this already' },
  'not-allowed': { status: 422, title: 'Not allowed by the configuration' },
  'illegal-move': { status: 409, title: 'Not possible in this status' },
  'round-moved-on': { status: 409, title: 'Another round or tree waits' },
  'already-decided': { status: 409, title: 'Already decided' },
  'message-refused': { status: 400, title: 'Message or channel not accepted' },
  'message-not-found': { status: 404, title: 'Message not found' },
  'key-used': { status: 409, title: 'Key used for another message' },
  'message-too-large': { status: 413, title: 'Message too large' },
  gone: { status: 410, title: 'Not served here' },
  'not-connected': { status: 404, title: 'No such stream' },
  'wrong-cursor': { status: 400, title: 'Not an id of an event' },
  'too-many-streams': { status: 503, title: 'Too many streams' },
  'not-working': { status: 503, title: 'The supervisor does not work' },
  unavailable: { status: 503, title: 'Not available now' },
  internal: { status: 500, title: 'Internal error' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what is wrong, and what to do. */
  readonly detail: string;
  /** What else a client is told, such as the decision that stands. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

export function problem(
  code: ProblemCode,
  detail: string,
  more: Partial<Pick<Problem, 'facts' | 'headers'>> = {},
): Problem {
  return { code, detail, facts: {}, headers: {}, ...more };
}

/** Its body. */
export function problemBody({ code, detail, facts }: Problem): Readonly<Record<string, unknown>> {
  const { status, title } = PROBLEMS[code];
  const type = `urn:bridge-supervisor:problem:${code}`;
  return { type, title, status, detail, code, error: detail, ...facts };
}
