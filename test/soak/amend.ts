/** The person changes their mind about work that waits for a decision: the new plan opens its next round. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { amendedReason } from '../../src/project/amendment.ts';
import type { Row } from '../../src/store/schema.ts';
import type { Caller } from './caller.ts';
import type { Decision, Journal, SentPlan } from './journal.ts';
import { amendedText } from './plan-text.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';
import type { World } from './world.ts';

export interface AmendOptions {
  readonly caller: Caller;
  readonly store: StoreView;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly world: World;
}

export async function amend(
  { caller, store, journal, tally, world }: AmendOptions,
  { id, round }: Pick<Row<'projects'>, 'id' | 'round'>,
  { tag }: SentPlan,
): Promise<void> {
  tally.decide('plan amended');
  const revision = store.tables().plans.filter(({ project_id }) => project_id === id).length + 1;
  const markdown = amendedText(tag, round + 1);
  const requestId = `soak-amend-${tag}-${round}`;
  const file = join(world.root, `${tag}-${round}.md`);
  await writeFile(file, markdown);
  // It ends the round, as a rejection does.
  const decision: Decision = {
    projectId: id,
    round,
    verdict: 'rejected',
    reason: amendedReason(revision),
    acknowledged: false,
  };
  journal.decisions.push(decision);
  journal.amendments.add(requestId);
  const answer = await caller.call({
    tool: 'bridge_amend_plan',
    args: { project_id: id, plan_markdown: markdown, request_id: requestId },
    command: ['amend', id, file, '--request-id', requestId],
    repeatable: true,
  });
  decision.acknowledged = answer.answered && answer.ok;
  if (decision.acknowledged) return;
  const why = answer.answered ? answer.text.trim() : 'never answered';
  await tally.violated('broken', `amend round ${round} of ${id}: ${why}`);
}
