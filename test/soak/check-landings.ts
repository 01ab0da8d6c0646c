/** What was approved against what landed: once, and the same; nothing else landed, and nothing that waits is lost. */
import { existsSync } from 'node:fs';
import type { Row } from '../../src/store/schema.ts';
import type { Finding, Watched } from './checks.ts';
import { type Journal, lasted } from './journal.ts';
import { BASE, git, type Repository, tryGit } from './repository.ts';
import type { Tables } from './store.ts';

interface Approved {
  readonly approval: Row<'approvals'>;
  readonly project: Row<'projects'>;
  readonly worktree: Row<'worktrees'>;
  readonly evidence: Row<'evidence'> | undefined;
  readonly landings: readonly Row<'landings'>[];
}

/** Each approved tree of a worktree landed once, or its commit is kept. */
export async function landings({ world, store, journal, proved }: Watched): Promise<Finding[]> {
  // In this order: what is recorded is in the history, and what is in the history was approved before.
  const recorded = approvedIn(store.tables());
  const histories = new Map<string, History>();
  for (const repository of world.repositories) histories.set(repository.path, await historyOf(repository));
  const approved = approvedIn(store.tables());
  const findings: Finding[] = [];
  for (const one of recorded) {
    const repository = world.repositories.find(({ path }) => path === one.worktree.repo);
    const history = histories.get(one.worktree.repo);
    if (!repository || !history) continue;
    findings.push(...recordOf(one, journal));
    const key = `landing ${one.landings.at(-1)?.id} of ${one.approval.id}`;
    if (proved.has(key) && !world.isOver) continue;
    const found = await inGit(one, repository, history, journal);
    if (found.length === 0) proved.add(key);
    findings.push(...found);
  }
  for (const { path } of world.repositories)
    findings.push(...nothingElse(path, histories.get(path) ?? [], approved, journal));
  return findings;
}

/** Commits of the base, the newest first, each with its parents. */
type History = readonly (readonly [commit: string, ...parents: string[]])[];

async function historyOf({ alone, path }: Repository): Promise<History> {
  const log = await alone(() => git(path, 'log', '--topo-order', '--format=%H %P', BASE));
  return log.split('\n').map((line) => line.split(' ') as [string, ...string[]]);
}

function approvedIn({ approvals, projects, worktrees, evidence, landings: tried }: Tables): Approved[] {
  return approvals
    .filter(({ verdict }) => verdict === 'approved')
    .flatMap((approval) => {
      const project = projects.find(({ id }) => id === approval.project_id);
      const worktree = worktrees.find(({ project_id }) => project_id === approval.project_id);
      if (!project || !worktree) return [];
      return {
        approval,
        project,
        worktree,
        evidence: evidence.find(({ id }) => id === approval.evidence_id),
        landings: tried.filter(({ approval_id }) => approval_id === approval.id),
      };
    });
}

function recordOf({ approval, project, evidence, landings: tried }: Approved, journal: Journal): Finding[] {
  const what = `round ${approval.round} of ${project.id}`;
  const landed = tried.filter(({ outcome }) => outcome === 'landed').length;
  const expected = project.status === 'complete' ? 1 : 0;
  const findings: Finding[] = [];
  if (!evidence?.commit_oid || evidence.tree !== approval.tree)
    findings.push(['broken', `${what}: approved without a commit of that tree`]);
  if (landed > 1) findings.push(['doubled', `${what}: recorded as landed ${landed} times`]);
  else if (landed !== expected)
    findings.push(['broken', `${what}: ${project.status}, and landed ${landed} times`]);
  for (const { id, created_at, detail, outcome } of tried) {
    const { cause = '' } = JSON.parse(detail) as { readonly cause?: string };
    if (outcome === 'not_landed' && !explains(journal, { project, cause, at: Date.parse(created_at) }))
      findings.push([
        'broken',
        `${what}: try ${id} did not land, for nothing that was in the way: ${detail}`,
      ]);
  }
  return findings;
}

interface Refused {
  readonly project: Row<'projects'>;
  readonly cause: string;
  readonly at: number;
}

/** Whether something of the person's was in the way, for which this cause may be given. */
function explains({ obstacles }: Journal, { project, cause, at }: Refused): boolean {
  return obstacles.some(
    (one) =>
      one.repository === project.workspace &&
      (one.projectId === null || one.projectId === project.id) &&
      one.causes.includes(cause) &&
      lasted(one, at - LANDING_MS, at),
  );
}

/** A landing with its checks, on a machine that has much to do. */
const LANDING_MS = 60_000;

async function inGit(
  { approval, project, worktree, evidence, landings: tried }: Approved,
  repository: Repository,
  history: History,
  journal: Journal,
): Promise<Finding[]> {
  const commit = evidence?.commit_oid;
  if (!commit) return [];
  const what = `round ${approval.round} of ${project.id}`;
  if ((await tryGit(worktree.measure_dir, 'cat-file', '-e', `${commit}^{commit}`)) === undefined)
    return [['lost', `${what}: its commit ${commit} is not there`]];
  const landed = tried.find(({ outcome }) => outcome === 'landed');
  if (!landed) return [];
  if ((await tryGit(repository.path, 'rev-parse', `${commit}^{tree}`)) !== approval.tree)
    return [['lost', `${what}: landed, and the repository has no commit ${commit} of tree ${approval.tree}`]];
  if (landed.action === 'merge')
    return merged(what, { commit, base: worktree.base_oid }, repository, history, journal);
  const where = landed.action === 'push' ? (repository.remote ?? '') : repository.path;
  // While the remote is away nobody can say.
  if (!existsSync(where)) return [];
  const ref = `refs/heads/${worktree.branch}`;
  const tip = await tryGit(where, 'rev-parse', '--verify', '--quiet', ref);
  return tip === commit || !existsSync(where)
    ? []
    : [['lost', `${what}: ${ref} of ${where} is at ${tip}, not at ${commit}`]];
}

/** On the base once, by itself or by one merge, which brings what the approved diff shows. */
async function merged(
  what: string,
  { commit, base }: { readonly commit: string; readonly base: string },
  { path }: Repository,
  history: History,
  { mergedByHand }: Journal,
): Promise<Finding[]> {
  if (!history.some(([one]) => one === commit))
    return [['lost', `${what}: ${commit} landed, and is not on the base`]];
  const merges = history.filter(([, , ...others]) => others.includes(commit));
  if (merges.length > 1)
    return [['doubled', `${what}: ${commit} was merged by ${merges.map(([one]) => one)}`]];
  const [merge] = merges;
  if (!merge || mergedByHand.has(commit)) return [];
  const approved = await changes(path, base, commit);
  const brought = await changes(path, merge[1] ?? '', merge[0]);
  return approved === brought
    ? []
    : [['broken', `${what}: approved was\n${approved}\nand what landed is\n${brought}`]];
}

async function changes(path: string, from: string, to: string): Promise<string> {
  return git(path, 'diff-tree', '-r', '--no-renames', from, to);
}

/** Each commit of the base is the person's, was approved, or merges what was approved. */
function nothingElse(
  path: string,
  history: History,
  approved: readonly Approved[],
  journal: Journal,
): Finding[] {
  const ours = new Set(approved.flatMap(({ evidence }) => evidence?.commit_oid ?? []));
  return history
    .filter(([, ...parents]) => parents.length > 0)
    .filter(([commit, , ...merged]) => {
      const isKnown = ours.has(commit) || journal.personsCommits.has(commit);
      return !isKnown && !(merged.length === 1 && merged.every((one) => ours.has(one)));
    })
    .map(([commit]) => ['broken', `${path}: nobody made or approved commit ${commit} of the base`]);
}
