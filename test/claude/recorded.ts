/**
 * How runs ended in Claude Code 2.1.197 and 2.1.329: what each wrote last, and how its process exited, taken down from
 * real runs against a scripted API. Texts for people are shortened; they are not read.
 */
import type { Outcome } from '../../src/project/outcome.ts';
import type { Rest } from './reading.ts';

export const VERSIONS = ['2.1.197', '2.1.329'] as const;
export type Version = (typeof VERSIONS)[number];

export interface Recorded {
  readonly what: string;
  /** What it wrote, in this version. */
  readonly events: (version: Version) => readonly object[];
  readonly rest?: Rest;
  readonly outcome: Outcome;
  /** The same output of a run whose exit nobody saw. Default: the same outcome. */
  readonly unseen?: Outcome;
  /** Versions it was seen in. Default: both. */
  readonly only?: Version;
}

const isNew = (version: Version) => version === '2.1.329';
const LOST: Outcome = { kind: 'lost', message: 'it ended while no supervisor was watching' };
const FAILED: Rest = { exit: { code: 1, signal: null } };
const RESETS_AT = Date.parse('2026-03-01T15:00:00Z') / 1000;

function init(version: Version, mcpStatus = 'connected'): object {
  return {
    type: 'system',
    subtype: 'init',
    session_id: '87ae29f1-7f7a-4b49-976a-b4e185fca44b',
    cwd: '/work',
    model: isNew(version) ? 'claude-opus-5-5' : 'claude-opus-4-8[1m]',
    permissionMode: 'acceptEdits',
    tools: ['Bash', 'Read', 'Write'],
    mcp_servers: [{ name: 'claude_bridge_code', status: mcpStatus }],
    apiKeySource: 'ANTHROPIC_API_KEY',
    claude_code_version: version,
    ...(isNew(version) ? { capabilities: ['interrupt_receipt_v1'], mcp_server_errors: [] } : {}),
  };
}

function said(text: string): object {
  const content = [{ type: 'text', text }];
  return { type: 'assistant', message: { id: 'msg_1', model: 'claude-opus-5-5', content } };
}

/** How Claude tells an error: as a message of its own. */
function failed(error: string): object {
  const content = [{ type: 'text', text: 'API Error' }];
  return { type: 'assistant', message: { id: 'a3', model: '<synthetic>', content }, error };
}

/** In the older version an API error says that its turn was completed. */
function result(version: Version, fields: object): object {
  const error = 'is_error' in fields && fields.is_error === true;
  return {
    duration_api_ms: 46,
    stop_reason: error ? 'stop_sequence' : 'end_turn',
    total_cost_usd: 0.05,
    permission_denials: [],
    terminal_reason: error && isNew(version) ? 'api_error' : 'completed',
    is_error: false,
    num_turns: 1,
    subtype: 'success',
    api_error_status: null,
    type: 'result',
    ...(isNew(version) ? { queued_turn_count: 0, result_index: 0 } : {}),
    ...fields,
  };
}

const success = (version: Version) => [
  init(version),
  said('hi'),
  result(version, { result: 'hi' }),
  ...(isNew(version) ? [{ type: 'command_lifecycle', state: 'completed' }] : []),
];

/** An error of the service: the message that tells it, and a result that calls itself a success. */
const apiError = (error: string, status: number | null, fields: object = {}) => {
  return (version: Version) => [
    init(version),
    failed(error),
    result(version, {
      is_error: true,
      api_error_status: status,
      ...(isNew(version) && status !== null ? { api_error_type: TYPES[status] } : {}),
      result: 'API Error',
      ...fields,
    }),
  ];
};

/** What the service calls its errors; 2.1.329 passes it on. */
const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** Something before the service has answered: a proxy, a gateway, the login page of a network. */
const gateway = (error: string, status: number | null) =>
  apiError(error, status, { api_error_type: undefined });

function rateLimit(info: object): object {
  return { type: 'rate_limit_event', rate_limit_info: info };
}

const limited = (info: object) => (version: Version) => {
  const [first, ...others] = apiError('rate_limit', 429)(version);
  return [first ?? {}, rateLimit(info), ...others];
};

const interrupted = (terminal_reason: string) => (version: Version) => [
  init(version),
  said('I will now'),
  {
    type: 'user',
    message: { role: 'user', content: [{ type: 'text', text: '[Request interrupted by user]' }] },
  },
  result(version, {
    subtype: 'error_during_execution',
    is_error: true,
    stop_reason: null,
    terminal_reason,
    errors: ['[ede_diagnostic] result_type=user'],
  }),
];

const silent = () => [];
const working = (version: Version) => [init(version), said('I will now')];
const crashed = (code: number, stderr = ''): Outcome => ({ kind: 'crashed', code, signal: null, stderr });
const stderrOnly = (stderr: string) => ({
  events: silent,
  rest: { ...FAILED, stderr },
  outcome: crashed(1, stderr),
  unseen: LOST,
});
const serviceFailed = (status: number | null): Outcome => ({
  kind: 'api_error',
  status,
  message: 'API Error',
});
const loggedOut: Outcome = { kind: 'not_logged_in', message: 'API Error' };
const usageLimit = (limit: string): Outcome => ({
  kind: 'usage_limit',
  limit,
  resetsAt: '2026-03-01T15:00:00.000Z',
});
const rejected = {
  status: 'rejected',
  resetsAt: RESETS_AT,
  rateLimitType: 'five_hour',
  isUsingOverage: false,
};

export const RECORDED: readonly Recorded[] = [
  { what: 'a turn that ends well', events: success, outcome: { kind: 'no_completion' } },
  {
    what: 'a turn in which a tool was not permitted',
    events: (version) => [
      init(version),
      {
        type: 'assistant',
        message: { id: 'm', content: [{ type: 'tool_use', id: 't', name: 'Read', input: {} }] },
      },
      ...(isNew(version) ? [{ type: 'system', subtype: 'permission_denied', tool_name: 'Read' }] : []),
      { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', is_error: true }] } },
      said('I may not'),
      result(version, { result: 'I may not', permission_denials: [{ tool_name: 'Read' }] }),
    ],
    outcome: { kind: 'no_completion' },
  },
  {
    what: 'a turn without its MCP server',
    events: (version) => [init(version, 'failed'), said('hi'), result(version, { result: 'hi' })],
    outcome: { kind: 'no_completion' },
  },
  {
    what: 'a second turn after a background task',
    events: (version) => [...success(version), ...success(version)],
    outcome: { kind: 'no_completion' },
  },
  {
    what: 'a call that a hook deferred',
    events: (version) => [
      init(version),
      result(version, { stop_reason: 'tool_deferred', terminal_reason: 'tool_deferred' }),
    ],
    outcome: { kind: 'no_completion' },
  },
  {
    what: 'error 500 after all retries',
    events: apiError('server_error', 500),
    rest: FAILED,
    outcome: serviceFailed(500),
  },
  {
    what: 'a connection refused',
    events: apiError('server_error', null),
    rest: FAILED,
    outcome: serviceFailed(null),
  },
  {
    what: 'a request the service finds invalid',
    events: apiError('invalid_request', 400),
    rest: FAILED,
    outcome: { kind: 'request_refused', status: 400, message: 'API Error' },
  },
  {
    what: 'the cap on output tokens, after three continuations',
    events: apiError('max_output_tokens', null),
    rest: FAILED,
    outcome: serviceFailed(null),
  },
  {
    what: 'an error of a kind that has no name',
    events: apiError('unknown', null),
    rest: FAILED,
    outcome: serviceFailed(null),
  },
  {
    what: 'error 529, the service is overloaded',
    events: apiError('server_error', 529),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
  {
    what: 'an overload told by its name',
    events: apiError('overloaded', null),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
  {
    what: 'the cap on turns',
    events: (version) => [
      init(version),
      said('one'),
      said('two'),
      result(version, {
        subtype: 'error_max_turns',
        is_error: true,
        num_turns: 3,
        stop_reason: 'tool_use',
        terminal_reason: 'max_turns',
        errors: ['Reached maximum number of turns (2)'],
      }),
    ],
    rest: FAILED,
    outcome: { kind: 'max_turns', turns: 2 },
  },
  {
    what: 'the cap on cost',
    events: (version) => [
      init(version),
      said('one'),
      result(version, {
        subtype: 'error_max_budget_usd',
        is_error: true,
        stop_reason: 'tool_use',
        terminal_reason: isNew(version) ? 'budget_exhausted' : undefined,
        errors: ['Reached maximum budget ($0.01)'],
      }),
    ],
    rest: { ...FAILED, budget: { scope: 'project', limitUsd: 0.01 } },
    outcome: { kind: 'budget_spent', budgetUsd: 0.01, scope: 'project' },
  },
  {
    what: 'a refusal of the model',
    events: (version) => [
      init(version),
      { type: 'system', subtype: 'model_refusal_no_fallback', original_model: 'claude-opus-5-5' },
      failed('invalid_request'),
      result(version, { is_error: true, stop_reason: 'refusal', result: 'API Error' }),
    ],
    rest: FAILED,
    outcome: { kind: 'refused' },
  },
  {
    what: 'a prompt that is too long',
    events: apiError('invalid_request', 400, { terminal_reason: 'prompt_too_long' }),
    rest: FAILED,
    outcome: { kind: 'prompt_too_long' },
  },
  {
    what: 'error 413, the request with all its images is too large',
    events: apiError('invalid_request', 413, { terminal_reason: 'image_error' }),
    rest: FAILED,
    outcome: { kind: 'prompt_too_long' },
  },
  {
    what: 'no login at all',
    events: apiError('authentication_failed', null),
    rest: FAILED,
    outcome: loggedOut,
  },
  {
    what: 'error 401, the key is wrong',
    events: apiError('authentication_failed', 401),
    rest: FAILED,
    outcome: loggedOut,
  },
  {
    what: 'error 403, the account may not',
    events: apiError('authentication_failed', 403),
    rest: FAILED,
    outcome: loggedOut,
  },
  {
    what: 'an organization that allows no subscription',
    events: apiError('oauth_org_not_allowed', 403),
    rest: FAILED,
    outcome: loggedOut,
  },
  {
    what: 'an account on hold',
    events: apiError('account_on_hold', 403),
    rest: FAILED,
    outcome: loggedOut,
    only: '2.1.329',
  },
  {
    what: 'an account to be verified',
    events: apiError('verification_required', 403),
    rest: FAILED,
    outcome: loggedOut,
    only: '2.1.329',
  },
  {
    what: 'credentials of a cloud that do not work',
    events: apiError('cloud_credential_error', null),
    rest: FAILED,
    outcome: loggedOut,
    only: '2.1.329',
  },
  {
    what: 'an account out of credit',
    events: apiError('billing_error', 400),
    rest: FAILED,
    outcome: { kind: 'billing', message: 'API Error' },
  },
  {
    what: 'a model that does not exist',
    events: apiError('model_not_found', 404),
    rest: { ...FAILED, model: 'nonsuch' },
    outcome: { kind: 'model_unknown', model: 'nonsuch', message: 'API Error' },
  },
  {
    what: 'a gateway that knows no such page, which Claude takes for a model that does not exist',
    events: gateway('model_not_found', 404),
    rest: { ...FAILED, model: 'sonnet' },
    outcome: serviceFailed(404),
    only: '2.1.329',
  },
  {
    what: 'a firewall that forbids the address, which Claude takes for a login that is refused',
    events: gateway('authentication_failed', 403),
    rest: FAILED,
    outcome: serviceFailed(403),
    only: '2.1.329',
  },
  {
    what: 'the login page of a network in place of an answer',
    events: gateway('unknown', null),
    rest: FAILED,
    outcome: serviceFailed(null),
    only: '2.1.329',
  },
  {
    what: 'a proxy that wants its own login',
    events: gateway('unknown', 407),
    rest: FAILED,
    outcome: serviceFailed(407),
    only: '2.1.329',
  },
  {
    what: 'a bad request that a gateway made of a new conversation',
    events: gateway('unknown', 400),
    rest: FAILED,
    outcome: serviceFailed(400),
    only: '2.1.329',
  },
  {
    what: 'a request that cannot be processed, in a conversation that went on before',
    events: gateway('unknown', 422),
    rest: { ...FAILED, resumed: true },
    outcome: { kind: 'request_refused', status: 422, message: 'API Error' },
  },
  {
    what: 'an account without credit, told by the status alone',
    events: apiError('unknown', 402),
    rest: FAILED,
    outcome: { kind: 'billing', message: 'API Error' },
  },
  {
    what: 'a turn interrupted while the model spoke',
    events: interrupted('aborted_streaming'),
    outcome: crashed(0, 'its turn was interrupted from outside'),
    unseen: { kind: 'lost', message: 'it was interrupted while no supervisor was watching' },
  },
  {
    what: 'a turn interrupted while the model spoke, with the other exit code',
    events: interrupted('aborted_streaming'),
    rest: FAILED,
    outcome: crashed(1, 'its turn was interrupted from outside'),
    unseen: { kind: 'lost', message: 'it was interrupted while no supervisor was watching' },
    only: '2.1.197',
  },
  {
    what: 'a turn that a permission rule interrupted during a tool call',
    events: interrupted('aborted_tools'),
    rest: FAILED,
    outcome: crashed(1, 'its turn was interrupted from outside'),
    unseen: { kind: 'lost', message: 'it was interrupted while no supervisor was watching' },
  },
  {
    what: 'SIGTERM',
    events: working,
    rest: { exit: { code: 143, signal: null } },
    outcome: crashed(143),
    unseen: LOST,
  },
  {
    what: 'SIGHUP',
    events: working,
    rest: { exit: { code: 129, signal: null } },
    outcome: crashed(129),
    unseen: LOST,
  },
  {
    what: 'SIGHUP, with a success that is none',
    events: success,
    rest: { exit: { code: 129, signal: null } },
    outcome: crashed(129),
    unseen: { kind: 'no_completion' },
    only: '2.1.197',
  },
  {
    what: 'SIGKILL',
    events: working,
    rest: { exit: { code: null, signal: 'SIGKILL' } },
    outcome: { kind: 'crashed', code: null, signal: 'SIGKILL', stderr: '' },
    unseen: LOST,
  },
  {
    what: 'a session to resume that is not there',
    events: (version) => [
      result(version, {
        subtype: 'error_during_execution',
        is_error: true,
        num_turns: 0,
        stop_reason: null,
        terminal_reason: undefined,
        errors: ['No conversation found with session ID: 87ae29f1'],
      }),
    ],
    rest: { ...FAILED, resumed: true, stderr: 'No conversation found with session ID: 87ae29f1' },
    outcome: { kind: 'session_missing' },
  },
  {
    what: 'a session id that is already in use',
    ...stderrOnly('Error: Session ID 18bcdef0 is already in use.'),
  },
  { what: 'an option it does not know', ...stderrOnly("error: unknown option '--nonsense'") },
  {
    what: 'a permission mode it refuses to root',
    ...stderrOnly('--dangerously-skip-permissions cannot be used with root/sudo privileges'),
  },
  { what: 'an input line it cannot read', ...stderrOnly('Error parsing streaming input line') },
  {
    what: 'an exit with nothing said',
    events: silent,
    outcome: crashed(0),
    unseen: LOST,
  },
  {
    what: 'a usage limit with its reset',
    events: limited(rejected),
    rest: FAILED,
    outcome: usageLimit('five_hour'),
  },
  {
    what: 'the weekly limit',
    events: limited({ ...rejected, rateLimitType: 'seven_day' }),
    rest: FAILED,
    outcome: usageLimit('seven_day'),
  },
  {
    what: 'the weekly limit of one model family',
    events: limited({ ...rejected, rateLimitType: 'seven_day_opus' }),
    rest: FAILED,
    outcome: usageLimit('seven_day_opus'),
  },
  {
    what: 'a limit reached during the work',
    events: (version) => [
      ...working(version),
      rateLimit({
        status: 'allowed_warning',
        resetsAt: RESETS_AT,
        rateLimitType: 'five_hour',
        utilization: 0.93,
      }),
      rateLimit(rejected),
      failed('rate_limit'),
      result(version, { is_error: true, api_error_status: 429, result: 'API Error', num_turns: 4 }),
    ],
    rest: FAILED,
    outcome: usageLimit('five_hour'),
  },
  {
    what: 'a limit without a name',
    events: limited({ status: 'rejected', resetsAt: RESETS_AT }),
    rest: FAILED,
    outcome: usageLimit('unknown'),
  },
  {
    what: 'a throttle of the server, without a reset',
    events: limited({ status: 'rejected', isUsingOverage: false }),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
  {
    what: 'error 429 with an API key, of which no limit is told',
    events: apiError('rate_limit', 429),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
  {
    what: 'a limit that the account pays beyond',
    events: (version) => [
      init(version),
      said('hi'),
      rateLimit({ ...rejected, overageStatus: 'allowed', isUsingOverage: true }),
      result(version, { result: 'hi' }),
    ],
    outcome: { kind: 'no_completion' },
  },
  {
    what: 'a throttle of an account that pays beyond its limit',
    events: limited({ ...rejected, overageStatus: 'allowed', isUsingOverage: true }),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
  {
    what: 'a limit whose warning alone was told',
    events: limited({ ...rejected, status: 'allowed_warning' }),
    rest: FAILED,
    outcome: { kind: 'throttled' },
  },
];
