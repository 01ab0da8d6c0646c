import { describe, expect, test } from 'vitest';
import {
  canonicalInput,
  isDenied,
  isPermitted,
  isUndecided,
  isUntold,
  nextState,
  REQUEST_KINDS,
  REQUEST_MOVES,
  REQUEST_STATES,
  type RequestAction,
  type RequestKind,
  type RequestState,
} from '../../src/project/request.ts';

type Cells = Partial<Record<RequestAction, RequestState>>;

const UNDECIDED: Record<RequestKind, Cells> = {
  question: { defer: 'deferred', answer: 'answered', default: 'defaulted', withdraw: 'withdrawn' },
  permission: {
    defer: 'deferred',
    allow: 'allowed',
    deny: 'denied',
    default: 'defaulted',
    withdraw: 'withdrawn',
  },
};

/** Every cell of the table, written out. What is not here is refused. */
const TABLE: Record<RequestState, Record<RequestKind, Cells>> = {
  open: UNDECIDED,
  deferred: UNDECIDED,
  answered: { question: { lose: 'lost' }, permission: { lose: 'lost' } },
  allowed: { question: { lose: 'lost' }, permission: { lose: 'lost', use: 'used' } },
  denied: { question: { lose: 'lost' }, permission: { lose: 'lost' } },
  defaulted: { question: { lose: 'lost' }, permission: { lose: 'lost' } },
  used: { question: {}, permission: {} },
  lost: { question: {}, permission: { use: 'used' } },
  withdrawn: { question: {}, permission: {} },
};

describe('moves of a request', () => {
  for (const state of REQUEST_STATES)
    for (const kind of REQUEST_KINDS)
      test(`a ${kind} that is ${state} moves as the table says, and no other way`, () => {
        const actions = Object.keys(REQUEST_MOVES) as RequestAction[];
        const moves = actions.flatMap((action) => {
          const to = nextState({ kind, state }, action);
          return to === undefined ? [] : [[action, to]];
        });
        expect(Object.fromEntries(moves)).toEqual(TABLE[state][kind]);
      });

  test('a person can decide what is open or deferred, and nothing else', () => {
    expect(REQUEST_STATES.filter((state) => isUndecided({ state }))).toEqual(['open', 'deferred']);
  });

  test('a decision is untold until Claude knows it, also when its call is lost', () => {
    const untold = REQUEST_STATES.filter((state) => isUntold({ state, toldAt: null }));
    expect(untold).toEqual(['answered', 'allowed', 'denied', 'defaulted', 'lost']);
    expect(REQUEST_STATES.filter((state) => isUntold({ state, toldAt: '2026' }))).toEqual([]);
  });
});

describe('what a permission covers', () => {
  const permission = { kind: 'permission', scope: null, decidedAt: null } as const;

  test('a call that was allowed once is permitted until it was made, though its deferral is lost', () => {
    const permits = REQUEST_STATES.filter((state) => isPermitted({ ...permission, scope: 'once', state }));
    expect(permits).not.toContain('used');
    expect(permits).toEqual(expect.arrayContaining(['allowed', 'lost']));
  });

  test('a call that was allowed for the project is permitted again and again', () => {
    expect(isPermitted({ ...permission, scope: 'project', state: 'allowed' })).toBe(true);
    expect(isPermitted({ ...permission, scope: 'project', state: 'lost' })).toBe(true);
  });

  test('a call is not permitted before anybody has decided, nor by the answer to a question', () => {
    for (const state of REQUEST_STATES) expect(isPermitted({ ...permission, state })).toBe(false);
    expect(isPermitted({ kind: 'question', scope: 'project', state: 'answered' })).toBe(false);
  });

  test('a call is denied once it was decided without a permission', () => {
    expect(isDenied(permission)).toBe(false);
    expect(isDenied({ ...permission, decidedAt: '2026' })).toBe(true);
    expect(isDenied({ ...permission, scope: 'once', decidedAt: '2026' })).toBe(false);
    expect(isDenied({ kind: 'question', scope: null, decidedAt: '2026' })).toBe(false);
  });
});

describe('equal calls', () => {
  test('calls are equal whatever the order of their keys, at any depth', () => {
    expect(canonicalInput('Write', { b: [{ d: 1, c: 2 }], a: null })).toBe(
      canonicalInput('Write', { a: null, b: [{ c: 2, d: 1 }] }),
    );
  });

  test('calls of Bash are equal whatever they say of themselves', () => {
    const first = canonicalInput('Bash', { command: 'npm publish', description: 'Publish it' });
    expect(first).toBe(canonicalInput('Bash', { command: 'npm publish', description: 'Publish again' }));
    expect(first).not.toBe(canonicalInput('Bash', { command: 'npm publish', run_in_background: true }));
  });

  test('calls differ by each value, and a description counts where it is part of the work', () => {
    expect(canonicalInput('Write', { a: [1, 2] })).not.toBe(canonicalInput('Write', { a: [2, 1] }));
    expect(canonicalInput('Task', { description: 'a' })).not.toBe(
      canonicalInput('Task', { description: 'b' }),
    );
    expect(canonicalInput('X', { '1': 1 })).not.toBe(canonicalInput('X', { '1': '1' }));
    expect(canonicalInput('X', undefined)).toBe('null');
  });
});
