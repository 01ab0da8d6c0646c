import { describe, expect, test } from 'vitest';
import { isProjectId } from '../../src/project/ids.ts';
import {
  illegalMoveMessage,
  isClosed,
  MOVES,
  next,
  PROJECT_ACTIONS,
  PROJECT_STATUSES,
  type ProjectAction,
  type ProjectStatus,
  WHAT_NEXT,
} from '../../src/project/project.ts';
import { SENT } from '../standing.ts';

/**
 * Every cell of the table, written out: what each action leads to in each status. A move that is not here is refused.
 * `=` leaves the status as it is.
 */
const TABLE: Record<ProjectStatus, Partial<Record<ProjectAction, ProjectStatus | '='>>> = {
  pending: {
    claim: 'in_progress',
    settle_request: '=',
    steer: '=',
    park: 'attention',
    amend: '=',
    expire: 'cancelled',
    cancel: 'cancelled',
  },
  in_progress: {
    amend: '=',
    send_update: '=',
    send_completion: 'awaiting_approval',
    steer: '=',
    start_run: '=',
    ask: 'awaiting_answer',
    open_request: '=',
    settle_request: '=',
    park: 'attention',
    cancel: 'cancelled',
  },
  awaiting_answer: {
    amend: '=',
    answer: 'in_progress',
    settle_request: '=',
    steer: '=',
    park: 'attention',
    cancel: 'cancelled',
  },
  verifying: {
    evidence_ready: 'awaiting_approval',
    checks_failed: 'in_progress',
    send_back_findings: 'in_progress',
    settle_request: '=',
    start_run: '=',
    steer: '=',
    park: 'attention',
    cancel: 'cancelled',
  },
  awaiting_approval: {
    amend: 'rejected',
    approve: 'approved',
    approve_outline: 'in_progress',
    reject: 'rejected',
    settle_request: '=',
    cancel: 'cancelled',
  },
  rejected: {
    amend: '=',
    reset_for_revision: 'in_progress',
    settle_request: '=',
    steer: '=',
    park: 'attention',
    cancel: 'cancelled',
  },
  approved: {
    land: 'complete',
    finish: 'complete',
    settle_request: '=',
    park: 'attention',
    cancel: 'cancelled',
  },
  complete: {},
  cancelled: {},
  attention: { amend: '=', steer: '=', settle_request: '=', retry: 'pending', cancel: 'cancelled' },
};

describe('moves of a project', () => {
  for (const status of PROJECT_STATUSES) {
    for (const action of PROJECT_ACTIONS) {
      const to = TABLE[status][action];
      const expected = to === '=' ? status : to;
      test(`a project's move ${status}: ${action} ${expected ? `leads to ${expected}` : 'is refused'}`, () => {
        expect(next({ ...SENT, status }, action)).toBe(expected);
      });
    }
  }

  test.each<[ProjectStatus | null, ProjectStatus]>([
    ['awaiting_answer', 'awaiting_answer'],
    ['verifying', 'verifying'],
    ['rejected', 'rejected'],
    ['approved', 'approved'],
    ['pending', 'pending'],
    ['in_progress', 'pending'],
    [null, 'pending'],
  ])('a retry of a project that was parked in status %s leads to %s', (attentionFrom, to) => {
    expect(next({ status: 'attention', claimedBy: 'supervisor', attentionFrom }, 'retry')).toBe(to);
  });

  test('a closed project never moves on, and every other can', () => {
    for (const status of PROJECT_STATUSES) {
      const moves = PROJECT_ACTIONS.filter((action) => next({ ...SENT, status }, action) !== undefined);
      expect(moves.length === 0, status).toBe(isClosed(status));
    }
  });

  test('every open project can be cancelled', () => {
    const cancellable = PROJECT_STATUSES.filter(
      (status) => next({ ...SENT, status }, 'cancel') === 'cancelled',
    );
    expect(cancellable).toEqual(PROJECT_STATUSES.filter((status) => !isClosed(status)));
  });

  test('every status but the reserved one can be reached from a new project', () => {
    const reached = new Set<ProjectStatus>(['pending']);
    for (const status of reached) {
      for (const action of PROJECT_ACTIONS) {
        const to = next({ ...SENT, status }, action);
        if (to) reached.add(to);
      }
    }
    expect([...PROJECT_STATUSES].filter((status) => !reached.has(status))).toEqual(['verifying']);
  });
});

describe('illegal moves', () => {
  test('an illegal move is refused with the action, the status, what was expected and what to do', () => {
    expect(illegalMoveMessage('pending', 'approve')).toBe(
      "cannot approve project in status 'pending'; expected 'awaiting_approval'. It waits in the queue until the supervisor or Claude Code claims it.",
    );
    expect(illegalMoveMessage('complete', 'send_update')).toBe(
      "cannot send an update for project in status 'complete'; expected 'in_progress'. It is done; send a new plan for more work.",
    );
    expect(illegalMoveMessage('awaiting_approval', 'steer')).toBe(
      "cannot steer project in status 'awaiting_approval'; expected 'pending' or 'in_progress' or 'awaiting_answer' or 'verifying' or 'rejected' or 'attention'. It waits for a decision: approve it, or reject it with a reason.",
    );
  });

  test('an illegal move is refused in one line, for every cell', () => {
    for (const status of PROJECT_STATUSES) {
      for (const action of PROJECT_ACTIONS) {
        const message = illegalMoveMessage(status, action);
        expect(message).toMatch(/^cannot [a-z ]+ project in status '[a-z_]+'; expected '[a-z_]+'/);
        expect(message).toContain(WHAT_NEXT[status]);
        for (const from of MOVES[action].from) expect(message).toContain(`'${from}'`);
        expect(message).not.toContain('\n');
      }
    }
  });
});

describe('project id', () => {
  test('a project id is twelve lower-case hex digits', () => {
    expect(isProjectId('0123456789ab')).toBe(true);
  });

  test.each([
    '',
    '0123456789a',
    '0123456789abc',
    '0123456789AB',
    '0123456789ag',
    '../../../etc',
    '0123456789ab\n',
  ])('a project id is not %j', (text) => {
    expect(isProjectId(text)).toBe(false);
  });
});
