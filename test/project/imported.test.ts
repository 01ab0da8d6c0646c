import { describe, expect, test } from 'vitest';
import { arrivalOf, type ForeignProject, roundsOf } from '../../src/project/imported.ts';

const at = (minute: number) => `2026-06-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
const completion = (minute: number) => ({
  summary: `s${minute}`,
  filesCreated: [],
  filesModified: [],
  caveats: '',
  createdAt: at(minute),
});
const decision = (minute: number, verdict: 'approved' | 'rejected') => ({
  verdict,
  reason: verdict === 'rejected' ? 'too slow' : '',
  createdAt: at(minute),
});

function foreign(changes: Partial<ForeignProject>): ForeignProject {
  return {
    id: 'a',
    title: 'A',
    status: 'pending',
    workspace: null,
    plan: '# A',
    createdAt: at(0),
    updatedAt: at(0),
    updates: [],
    completions: [],
    decisions: [],
    ...changes,
  };
}

const arrival = (project: ForeignProject) => arrivalOf(project, roundsOf(project));

describe('rounds of an imported project', () => {
  test('a decision ends a round, and what is submitted again before it is another attempt', () => {
    const rounds = roundsOf(
      foreign({
        status: 'complete',
        completions: [completion(1), completion(2), completion(4)],
        decisions: [decision(3, 'rejected'), decision(5, 'approved')],
      }),
    );
    expect(rounds.completions.map(({ round, attempt }) => [round, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    expect(rounds.decisions.map(({ round }) => round)).toEqual([1, 2]);
    expect(rounds.round).toBe(2);
  });

  test('work that was taken up after a rejection is in the next round', () => {
    const past = { completions: [completion(1)], decisions: [decision(2, 'rejected')] };
    expect(roundsOf(foreign({ status: 'rejected', ...past })).round).toBe(1);
    expect(roundsOf(foreign({ status: 'in_progress', ...past })).round).toBe(2);
  });

  test('decisions that follow each other have a round each, so that none is lost', () => {
    const decisions = [decision(1, 'rejected'), decision(2, 'rejected'), decision(3, 'approved')];
    expect(roundsOf(foreign({ decisions })).decisions.map(({ round }) => round)).toEqual([1, 2, 3]);
  });
});

describe('arrival of an imported project', () => {
  test.each([
    'pending',
    'in_progress',
    'rejected',
    'paused',
    '',
  ])('a project that was %j waits for a person', (status) => {
    const project = foreign({ status });
    expect(arrival(project)).toMatchObject({
      status: 'attention',
      reason: expect.stringContaining('imported: '),
    });
  });

  test('a retry of a rejected project revises it only where the reason is known', () => {
    const decided = { completions: [completion(1)], decisions: [decision(2, 'rejected')] };
    expect(arrival(foreign({ status: 'rejected', ...decided })).attentionFrom).toBe('rejected');
    expect(arrival(foreign({ status: 'rejected' })).attentionFrom).toBe('pending');
  });

  test('submitted work waits for its decision, where it is there', () => {
    const status = 'awaiting_approval';
    expect(arrival(foreign({ status, completions: [completion(1)] })).status).toBe(status);
    expect(arrival(foreign({ status })).status).toBe('attention');
  });

  test.each([
    ['approved', 'complete'],
    ['complete', 'complete'],
    ['cancelled', 'cancelled'],
  ])('a project that was %s is %s', (was, status) => {
    expect(arrival(foreign({ status: was }))).toEqual({ status, attentionFrom: null, reason: null });
  });

  test('a status that is not known is shown, shortened and in quotation marks', () => {
    const { reason } = arrival(foreign({ status: `”odd${'x'.repeat(500)}` }));
    expect(reason).toMatch(/^imported: its status there was “"oddx{96}”, which is not known here$/);
  });
});
