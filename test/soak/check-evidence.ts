/** The evidence against the work: each round that a person saw was measured, and its checks say what the work was like. */
import type { Row } from '../../src/store/schema.ts';
import type { Finding, Watched } from './checks.ts';
import { isRed } from './moods.ts';
import { tryGit } from './repository.ts';

interface Measured {
  readonly checks: readonly {
    readonly name: string;
    readonly exitCode: number | null;
    readonly timedOut: boolean;
  }[];
}

/** In worktrees each submitted round is measured, its commit is kept, and its checks tell the truth. */
export async function evidence({ seed, store, journal, proved, world }: Watched): Promise<Finding[]> {
  const { approvals, completions, evidence: all, projects, worktrees } = store.tables();
  const findings: Finding[] = [];
  const shown = [
    ...approvals,
    ...projects.flatMap(({ id, round, status }) =>
      status === 'awaiting_approval' ? [{ project_id: id, round }] : [],
    ),
  ];
  for (const { project_id, round } of shown) {
    const submitted = completions.filter(
      (one) => one.project_id === project_id && one.round === round,
    ).length;
    const measured = all.filter((one) => one.project_id === project_id && one.round === round).length;
    if (measured !== submitted)
      findings.push([
        'lost',
        `round ${round} of ${project_id}: submitted ${submitted} times, measured ${measured}`,
      ]);
  }
  for (const one of all) {
    const worktree = worktrees.find(({ project_id }) => project_id === one.project_id);
    const project = projects.find(({ id }) => id === one.project_id);
    const tag = journal.plans.find(({ requestId }) => requestId === project?.request_id)?.tag;
    if (!worktree || tag === undefined || journal.bereavedProjects.has(one.project_id)) continue;
    const key = `evidence ${one.id}`;
    if (proved.has(key) && !world.isOver) continue;
    const found = [...(await kept(one, worktree.measure_dir)), ...truthful(seed, tag, one)];
    if (found.length === 0) proved.add(key);
    findings.push(...found);
  }
  return findings;
}

/** The newest of a round can be landed, or taken by hand, for ever; the earlier ones were sent back. */
async function kept(
  { project_id, round, tree, commit_oid }: Row<'evidence'>,
  measureDir: string,
): Promise<Finding[]> {
  const what = `round ${round} of ${project_id}`;
  if (tree === null || commit_oid === null) return [['broken', `${what}: was not measured`]];
  const found = await tryGit(measureDir, 'rev-parse', '--verify', '--quiet', `${commit_oid}^{tree}`);
  return found === tree
    ? []
    : [['lost', `${what}: commit ${commit_oid} has tree ${found}, and was shown as ${tree}`]];
}

/** Which checks read what the model left. */
const MOODY = ['flaky', 'hanging'];

function truthful(
  seed: number,
  tag: string,
  { project_id, round, attempt, data }: Row<'evidence'>,
): Finding[] {
  const { checks } = JSON.parse(data) as Measured;
  return checks
    .filter(({ name, exitCode, timedOut }) => {
      const isGreen = exitCode === 0;
      // Its timeout is so short that a slow machine meets it too.
      if (name === 'hanging' && timedOut) return false;
      return isGreen === (MOODY.includes(name) && isRed(seed, tag, round, attempt - 1));
    })
    .map((check) => {
      const what = `round ${round} of ${project_id} (${tag}), attempt ${attempt}`;
      return ['broken', `${what}: its check says otherwise than its work: ${JSON.stringify(check)}`];
    });
}
