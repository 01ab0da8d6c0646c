/** The events of what Claude Code asks a person. */
import * as z from 'zod';
import { type EventKind, event, id, nothing } from './event-kind.ts';
import { PERMISSION_SCOPES, REQUEST_KINDS } from './request.ts';
import { DECIDED_VIA } from './review.ts';

export const REQUEST_EVENTS = {
  'request.opened': event(
    'Claude Code asked a person: a question, or for permission to make a call.',
    () => ({
      requestId: id('Of what was asked'),
      kind: z.enum(REQUEST_KINDS),
      what: z.string().describe('The question, or the input of the call as JSON'),
      tool: z.string().describe('Of the call'),
    }),
    'open_request',
  ),
  'request.decided': event(
    'What Claude Code had asked was decided: by a person, or by default when nobody did in time.',
    () => ({
      requestId: id('Of what was asked'),
      kind: z.enum(REQUEST_KINDS),
      decision: z.enum(['answered', 'allowed', 'denied', 'defaulted']),
      scope: z.enum(PERMISSION_SCOPES).nullable().describe('How far a permission reaches; null for all else'),
      answer: z.string().nullable().describe('The answer, or the reason of a denial'),
      by: z.string(),
      via: z.enum(DECIDED_VIA),
    }),
    'settle_request',
  ),
  'request.closed': event('What Claude Code had asked came to an end otherwise.', () => ({
    requestId: id('Of what was asked'),
    state: z
      .enum(['used', 'lost', 'withdrawn'])
      .describe(
        '`used`: the call that was allowed once was made; `lost`: the session does not know the call any more; `withdrawn`: nobody waits for it',
      ),
  })),
  'request.cut_off': event(
    'A run ended that had been let make a call and showed no result: whether the call was made is unknown.',
    () => ({
      requestId: id('Of the permission'),
      what: z.string().describe('The input of the call as JSON'),
      tool: z.string().describe('Of the call'),
    }),
  ),
  'project.asked': event(
    'A run ended while a person is asked: the project goes on when all of it is decided.',
    () => ({ requests: z.array(z.string()).describe('Ids of what is to be decided') }),
    'ask',
  ),
  'project.answered': event('All that a project had asked is decided: it goes on.', nothing, 'answer'),
} satisfies Record<string, EventKind>;
