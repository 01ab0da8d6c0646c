/** Events of a person's decision about submitted work. */
import * as z from 'zod';
import { event, outline, round } from './event-kind.ts';
import { DECIDED_VIA } from './review.ts';

const decision = () => ({
  via: z.enum(DECIDED_VIA).exactOptional().describe('How it came; missing in old events'),
  tree: z.string().exactOptional().describe('What was measured of the round; missing when nothing was'),
});

export const DECISION_EVENTS = {
  'project.approved': event(
    'A person, or a rule of the owner, approved the work of a round.',
    () => ({ round: round(), reason: z.string().describe('Empty'), ...decision() }),
    'approve',
  ),
  'project.outline_approved': event(
    'A person approved an outline: nothing landed, and the work begins in the next round.',
    () => ({ round: round(), ...decision() }),
    'approve_outline',
  ),
  'project.rejected': event(
    'A person rejected the work, or the outline, of a round.',
    () => ({
      round: round(),
      reason: z.string().describe('What Claude Code is to change'),
      outline: outline(),
      allowed: z.array(z.string()).exactOptional().describe('Rules for what it may do from now on'),
      ...decision(),
    }),
    'reject',
  ),
} as const;
