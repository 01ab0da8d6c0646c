/** What a decision on the command line is about: what it has shown. */
import type { Bridge } from '../bridge/bridge.ts';
import type { Binding } from '../bridge/decision-binding.ts';
import { type MeasuredRound, measuredRound } from '../bridge/measured-round.ts';
import { readableConfig } from '../control/host.ts';
import type { ProjectId } from '../project/ids.ts';
import { treeOf } from '../project/measured.ts';
import { describeRound } from '../project/oid.ts';
import type { Cli } from './context.ts';

/** The round that waits for a decision; undefined when that is not the one meant, and the verb says what is so instead. */
export async function waitingRound(
  cli: Cli,
  bridge: Bridge,
  projectId: ProjectId,
  { round, tree }: Pick<Binding, 'round' | 'tree'>,
): Promise<MeasuredRound | undefined> {
  const found = await measuredRound(bridge, readableConfig(cli), projectId);
  if (!found.ok || !found.value.landing) return undefined;
  const isMeant =
    (round === undefined || round === found.value.round) &&
    (tree === undefined || treeIn(found.value)?.startsWith(tree.toLowerCase()) === true);
  return isMeant ? found.value : undefined;
}

/** What was given counts before what was shown. */
export function bindingOf(shown: MeasuredRound, given: Pick<Binding, 'round' | 'tree'>): Binding {
  const tree = treeIn(shown);
  return { round: given.round ?? shown.round, tree: given.tree ?? tree ?? undefined };
}

/** `round 2 (tree 9f3c1e07)`. */
export function bindingText(shown: MeasuredRound): string {
  return describeRound(shown.round, treeIn(shown));
}

function treeIn({ measured }: MeasuredRound): string | null {
  return measured ? treeOf(measured.evidence) : null;
}
