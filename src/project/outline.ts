/**
 * A plan with `outline: true` is first answered by how Claude means to do it. While no outline was approved, every round
 * asks for one: its runs only read, and what they submit is no work. The approval of an outline opens the first round of
 * work, in the same session. Pure.
 */
import { askingNobody, type Policy } from './policy.ts';
import { isClosed, type Project, type ProjectStatus, WHAT_NEXT } from './project.ts';
import type { WorkRules } from './work-rules.ts';

/** What tells outlines from work. */
export type Outlined = Pick<Project, 'outline' | 'outlineRound' | 'round'>;

/** Whether a round asks for an outline and not for work; without a round, the one under way. */
export function isOutline({ outline, outlineRound, round }: Outlined, asked: number = round): boolean {
  return outline && (outlineRound === null || asked <= outlineRound);
}

/** Whether the round under way was opened by the approval of an outline. */
export function opensWork({ outlineRound, round }: Pick<Outlined, 'outlineRound' | 'round'>): boolean {
  return outlineRound !== null && round === outlineRound + 1;
}

/**
 * What Claude may do while it makes an outline: read. Rules that allow more wait for the work: Claude Code lets a command
 * that is allowed pass in its mode `plan`, too (seen in 2.1.329), and a person who is asked could permit one. Those of the
 * person's own Claude settings are not ours to leave out; the rule against changes holds over them.
 */
export function readingOnly(policy: Policy): Policy {
  const { deny, ...rest } = askingNobody(policy);
  return { ...rest, mode: 'plan', allow: [], deny: [...deny, NO_CHANGE] };
}

/** Every tool that writes files, and the commands of which Claude Code knows what they write. */
const NO_CHANGE = 'Edit(//**)';

/** The owner's rules for a round that asks for an outline: there is no work to check, repair, review or approve by a rule. */
export function rulesOfOutline(rules: WorkRules): WorkRules {
  return { ...rules, checks: [], repairs: 0, review: null, autoApprove: null, reviseIn: 'session' };
}

/** `outline of round 1`, or `round 2`. */
export function nameOfRound(round: number, isOfOutline: boolean | undefined): string {
  return isOfOutline ? `outline of round ${round}` : `round ${round}`;
}

/** The status for people: with `(outline)` while the project moves towards an outline and not towards work. */
export function describeStatus(project: Outlined & Pick<Project, 'status'>): string {
  return movesTowardsOutline(project) ? `${project.status} (outline)` : project.status;
}

/** The title for a list that has no room for more: with `outline:` before it while the project moves towards one. */
export function describeTitle(project: Outlined & Pick<Project, 'status' | 'title'>): string {
  return movesTowardsOutline(project) ? `outline: ${project.title}` : project.title;
}

function movesTowardsOutline(project: Outlined & Pick<Project, 'status'>): boolean {
  return isOutline(project) && !isClosed(project.status);
}

/** What a person or model can do about the project now. */
export function whatNext(project: Outlined & Pick<Project, 'status'>): string {
  const ofOutline = isOutline(project) ? WHAT_NEXT_OF_OUTLINE[project.status] : undefined;
  return ofOutline ?? WHAT_NEXT[project.status];
}

const WHAT_NEXT_OF_OUTLINE: Partial<Record<ProjectStatus, string>> = {
  pending: 'It waits in the queue; Claude Code first makes an outline, which you approve or reject.',
  in_progress: 'Claude Code makes an outline and changes nothing; wait for it, steer it, or cancel it.',
  verifying: 'The supervisor looks whether anything changed while the outline was made; wait or cancel it.',
  awaiting_approval:
    'Its outline waits for a decision, no work was done: approve it, and the work begins; reject it with a reason; or amend the plan.',
  rejected: 'It waits for Claude Code to make another outline; nothing to do now.',
};
