/** What a decision is about: the round, and the tree that was measured of it, that whoever decides has seen. */

import { figuresOf, summarizeEvidence } from '../project/evidence-text.ts';
import { treeOf } from '../project/measured.ts';
import { describeRound, SHORT_OID_DIGITS } from '../project/oid.ts';
import type { Project } from '../project/project.ts';
import type { Decision, RecordedEvidence, Verdict } from '../project/review.ts';
import type { ReviseIn } from '../project/revision.ts';
import { ok, type Result, refuse } from '../result.ts';

/** The work of one round, as it was measured; without a tree where nothing was. */
export interface ShownRound {
  readonly round: number;
  readonly tree: string | null;
}

/** How a decision says what it is about. One that says nothing is about what waits at that moment. */
export interface Binding {
  readonly round?: number | undefined;
  /** The tree, or its first digits, at least SHORT_OID_DIGITS. */
  readonly tree?: string | undefined;
  /** What the person was shown last, null for nothing. A decision that names nothing is then about that. */
  readonly shown?: ShownRound | null;
}

/** Whether the decision is bound to the tree, or why it is not about what waits. */
export function bind(
  { round: present }: Pick<Project, 'round'>,
  measured: RecordedEvidence | undefined,
  { round, tree, shown }: Binding,
): Result<{ readonly bound: boolean }> {
  const waiting = measured ? treeOf(measured.evidence) : null;
  if (round !== undefined && round !== present) return refuse(stale(round, present, measured));
  if (tree !== undefined) {
    if (!isTreePrefix(tree)) return refuse(NO_TREE);
    if (waiting === null)
      return refuse(`round ${present} was not measured and has no tree; decide on the round alone.`);
    if (waiting.startsWith(tree.toLowerCase())) return ok({ bound: true });
    return refuse(`tree ${tree} is not that of ${describeRound(present, waiting)}${sinceThen(measured)}.`);
  }
  if (round !== undefined || shown === undefined) return ok({ bound: false });
  if (shown?.round === present && shown.tree === waiting) return ok({ bound: waiting !== null });
  return refuse(`${describeRound(present, waiting)} has not been shown yet: show it to the person first.`);
}

/** Whether an earlier decision is this one, made again. */
export function isRepeated(
  decision: Decision | undefined,
  verdict: Verdict,
  reason: string,
  {
    tree,
    reviseIn,
    allow = [],
  }: Binding & { readonly reviseIn?: ReviseIn | undefined; readonly allow?: readonly string[] },
): boolean {
  if (decision?.verdict !== verdict || decision.reason !== reason) return false;
  if (reviseIn !== undefined && decision.reviseIn !== reviseIn) return false;
  if (!allow.every((rule) => decision.allowed.includes(rule))) return false;
  return tree === undefined || (isTreePrefix(tree) && decision.tree?.startsWith(tree.toLowerCase()) === true);
}

/** The refusal of a decision on a round that was decided on otherwise. */
export function alreadyDecided({ round, verdict, decidedBy, decidedVia, createdAt }: Decision): string {
  const via = decidedBy === decidedVia ? '' : ` via ${decidedVia}`;
  return `round ${round} was ${verdict} by ${decidedBy}${via} at ${createdAt}; nothing was changed.`;
}

const NO_TREE = `'tree' must be the first ${SHORT_OID_DIGITS} or more hexadecimal digits of what was measured.`;

function isTreePrefix(tree: string): boolean {
  return tree.length >= SHORT_OID_DIGITS && /^[0-9a-f]+$/i.test(tree);
}

function stale(round: number, present: number, measured: RecordedEvidence | undefined): string {
  return `round ${round} is not the one under way (${present})${sinceThen(measured)}.`;
}

function sinceThen(measured: RecordedEvidence | undefined): string {
  return measured ? `; since then: ${summarizeEvidence(figuresOf(measured.evidence))}` : '';
}
