/**
 * Subscription limits as the API reports them: in `anthropic-ratelimit-unified-*` response headers. Claude Code reads
 * them only when it is signed in with a subscription token, and turns them into `rate_limit_event` lines
 * (seen in 2.1.329 with a made-up CLAUDE_CODE_OAUTH_TOKEN).
 */
import { apiError, type ErrorReply } from './reply.ts';

export interface RateLimit {
  readonly status: 'allowed' | 'allowed_warning' | 'rejected';
  /** When the window resets; sent in whole seconds. */
  readonly resetsAt: Date;
  /** Default: `five_hour`. */
  readonly window?: keyof typeof windowCodes;
  /** Share of the window that is used, from 0 to 1. Default: 0.2 allowed, 0.93 warned, 1 rejected. */
  readonly utilization?: number;
  /** The service offers to continue at lower priority, does so, or has no free slot now. */
  readonly lowPriority?: 'offered' | 'active' | 'slot_busy';
  /** Share of the grace beyond the limit that is used, from 0 to 1. */
  readonly grace?: number;
}

const windowCodes = {
  five_hour: '5h',
  seven_day: '7d',
  /** The week of one model family, which has a share of its own. */
  seven_day_overage_included: '7d_oi',
} as const;
const DEFAULT_UTILIZATION = { allowed: 0.2, allowed_warning: 0.93, rejected: 1 } as const;

/** Headers for any reply, saying how much of the subscription's window is used. */
export function rateLimitHeaders(limit: RateLimit): Record<string, string> {
  const window = limit.window ?? 'five_hour';
  const code = windowCodes[window];
  const reset = String(Math.floor(limit.resetsAt.getTime() / 1000));
  const utilization = String(limit.utilization ?? DEFAULT_UTILIZATION[limit.status]);
  const prefix = 'anthropic-ratelimit-unified';
  return {
    [`${prefix}-status`]: limit.status,
    [`${prefix}-reset`]: reset,
    [`${prefix}-representative-claim`]: window,
    [`${prefix}-${code}-status`]: limit.status,
    [`${prefix}-${code}-reset`]: reset,
    [`${prefix}-${code}-utilization`]: utilization,
    ...lowPriorityHeaders(limit.lowPriority),
    ...(limit.grace !== undefined && {
      [`${prefix}-grace-status`]: 'active',
      [`${prefix}-grace-${code}-utilization`]: String(limit.grace),
    }),
    ...(limit.status === 'allowed_warning' && { [`${prefix}-${code}-surpassed-threshold`]: '0.9' }),
  };
}

function lowPriorityHeaders(state: RateLimit['lowPriority']): Record<string, string> {
  if (state === undefined) return {};
  const prefix = 'anthropic-ratelimit-unified-slow';
  return {
    [`${prefix}-offer`]: 'treatment',
    [`${prefix}-status`]: state === 'offered' ? 'off' : state,
    [`${prefix}-retry-after`]: '20',
    [`${prefix}-max-wait`]: '1200',
  };
}

/** The answer of an exhausted subscription: status 429 with the time when it may be used again. */
export function usageLimitReached(limit: Omit<RateLimit, 'status'>): ErrorReply {
  return apiError(429, {
    message: "This request would exceed your account's rate limit. Please try again later.",
    headers: rateLimitHeaders({ ...limit, status: 'rejected' }),
  });
}
