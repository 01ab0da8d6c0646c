/**
 * How the person decides: on a round, on a round and its tree, on what the command shows, from two ways at once, and at
 * times first on what has passed. What was not measured, or is red, is rejected.
 */
import type { Row } from '../../src/store/schema.ts';
import type { Caller, Deed } from './caller.ts';
import type { Heard } from './desktop.ts';
import type { Decision, Journal, SentPlan } from './journal.ts';
import { roundMark } from './model.ts';
import type { Random } from './random.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';

export interface DecisionOptions {
  readonly caller: Caller;
  readonly store: StoreView;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly random: Random;
}

type Verdict = Decision['verdict'];

/** What a decision names. */
interface Named {
  readonly round?: number;
  readonly tree?: string;
}

const WAYS = {
  round: 4,
  'round and tree': 5,
  'what is shown': 2,
  'two ways at once': 3,
  'first a stale one': 3,
};

export async function decide(
  options: DecisionOptions,
  { id, round }: Pick<Row<'projects'>, 'id' | 'round'>,
  plan: SentPlan,
): Promise<void> {
  const { random, store, tally } = options;
  const evidence = store.evidenceOf(id, round);
  const tree = evidence?.tree ?? undefined;
  const isSound = evidence?.checks_passed !== 0 && evidence?.tree != null;
  const verdict: Verdict = isSound && round > plan.rejections ? 'approved' : 'rejected';
  const named: Named =
    random.chance(0.5) && tree !== undefined ? { round, tree: tree.slice(0, 12) } : { round };
  const way = random.weighted(WAYS);
  tally.decide(way);
  if (way === 'two ways at once') {
    const other = random.chance(0.5) ? verdict : verdict === 'approved' ? 'rejected' : 'approved';
    // Nobody approves what is red.
    const second = isSound ? other : verdict;
    return twice(options, { id, round }, named, [verdict, second]);
  }
  if (way === 'first a stale one') await stale(options, { id, round, tree });
  // Made again, it is the same decision: after an approval no round follows.
  const asShown = way === 'what is shown' && verdict === 'approved';
  const binding = asShown ? {} : way === 'round' ? { round } : named;
  const { answer, decision } = await carryOut(options, { id, round }, verdict, binding);
  if (!decision.acknowledged) await refused(tally, `decide round ${round} of ${id}`, answer);
}

/** The first one stands, and the other one is refused, unless both say the same. */
async function twice(
  options: DecisionOptions,
  of: { readonly id: string; readonly round: number },
  named: Named,
  verdicts: readonly [Verdict, Verdict],
): Promise<void> {
  const both = await Promise.all(verdicts.map((verdict) => carryOut(options, of, verdict, named)));
  const taken = both.filter(({ decision }) => decision.acknowledged).length;
  const expected = verdicts[0] === verdicts[1] ? 2 : 1;
  if (taken === expected) return;
  const said = both.map(({ answer }) => (answer.answered ? answer.text.trim() : 'never answered'));
  const what = `${verdicts.join(' and ')} at once on round ${of.round} of ${of.id}`;
  await options.tally.violated('broken', `${what}: ${taken} taken. ${said.join(' | ')}`);
}

/** On a round that has passed, or a tree that is not there: it changes nothing. */
async function stale(
  { caller, random, tally }: DecisionOptions,
  { id, round, tree }: { readonly id: string; readonly round: number; readonly tree: string | undefined },
): Promise<void> {
  const binding: Named =
    round > 1 && random.chance(0.5)
      ? { round: round - 1 }
      : {
          round,
          tree: tree === undefined ? '0'.repeat(8) : `${tree.slice(0, 10)}${tree[10] === '0' ? '1' : '0'}`,
        };
  const answer = await caller.call(deedOf(id, 'approved', '', binding));
  if (answer.answered && answer.ok)
    await tally.violated('broken', `${id}: approved as ${JSON.stringify(binding)}, which does not wait`);
}

async function carryOut(
  { caller, journal }: DecisionOptions,
  { id, round }: { readonly id: string; readonly round: number },
  verdict: Verdict,
  binding: Named,
): Promise<{ readonly answer: Heard; readonly decision: Decision }> {
  const reason = verdict === 'approved' ? '' : `Not yet: do the steps of ${roundMark(round + 1)}.`;
  const decision: Decision = { projectId: id, round, verdict, reason, acknowledged: false };
  journal.decisions.push(decision);
  const answer = await caller.call(deedOf(id, verdict, reason, binding));
  decision.acknowledged = answer.answered && answer.ok;
  return { answer, decision };
}

function deedOf(id: string, verdict: Verdict, reason: string, { round, tree }: Named): Deed {
  const isApproval = verdict === 'approved';
  return {
    // A Desktop that has shown nothing refuses what names nothing.
    tool: round === undefined ? '' : isApproval ? 'bridge_approve' : 'bridge_reject',
    args: {
      project_id: id,
      ...(round !== undefined && { round }),
      ...(tree !== undefined && { tree }),
      ...(!isApproval && { reason }),
    },
    command: [
      ...(isApproval ? ['approve', id, '--yes'] : ['reject', id, '--reason', reason]),
      ...(round === undefined ? [] : ['--round', String(round)]),
      ...(tree === undefined ? [] : ['--tree', tree]),
    ],
    repeatable: true,
  };
}

async function refused(tally: Tally, what: string, answer: Heard): Promise<void> {
  const why = answer.answered ? answer.text : 'never answered';
  await tally.violated('broken', `${what}: ${why.trim()}`);
}
