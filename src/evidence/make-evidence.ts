/**
 * Makes the evidence of a round, once the processes of its run are gone: the tree, the owner's checks, the tree again,
 * and what both show. Making it again gives the same, but for what the checks do.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { type CommitPlan, commitTree } from '../git/commit-tree.ts';
import { textOf } from '../git/git.ts';
import { measureGit } from '../git/measure-dir.ts';
import { type MeasuredTree, measureTree } from '../git/measure-tree.ts';
import { writePatch } from '../git/patch.ts';
import type { CheckResult, Evidence, UnmeasuredCause } from '../project/evidence.ts';
import { havePassed } from '../project/measured.ts';
import type { OwnersCheck, WorkRules } from '../project/work-rules.ts';
import type { EvidenceFiles } from '../state-folder.ts';
import { baseFacts } from './base-facts.ts';
import { runChecks } from './checks.ts';
import { type ClaimedFiles, compareClaims, type WorkPlace } from './claims.ts';
import { type CommandScope, endLeftCommand } from './command.ts';
import { commandEnvironment } from './command-environment.ts';
import {
  asChange,
  changesTo,
  factsOf,
  ignoredClaims,
  type MeasuredPlace,
  Unmeasured,
} from './measured-round.ts';
import { warningsOf } from './warnings.ts';

/** What the store knows of the round; its warnings are those that nothing has to be measured for. */
export type RoundRecord = Pick<
  Evidence,
  | 'projectId'
  | 'round'
  | 'attempt'
  | 'outline'
  | 'madeAt'
  | 'madeBy'
  | 'planRevision'
  | 'claudeVersion'
  | 'sessions'
  | 'repairs'
  | 'cost'
  | 'denied'
  | 'requests'
  | 'warnings'
>;

/** Where the work was done, and with what it is compared. */
export type WorkedPlace = Omit<MeasuredPlace, 'env' | 'signal'> & {
  /** Where Claude worked, below the folder; empty for the folder itself. */
  readonly subfolder: string;
  /** The folder as the person knows it. */
  readonly workspace: string;
  /** Null: Claude works in the folder itself. */
  readonly branch: string | null;
  /** Such as `refs/heads/main`; null for a commit that no branch pointed to. */
  readonly baseRef: string | null;
};

/** A place that cannot be measured. The owner's checks are run there all the same. */
export interface UnmeasuredPlace {
  readonly folder: string;
  readonly cause: NonNullable<Evidence['cause']>;
}

export interface EvidenceOptions extends ChecksPlan {
  readonly record: RoundRecord;
  readonly claimed: ClaimedFiles;
  readonly place: WorkedPlace;
  /** The subject of the commit. */
  readonly title: string;
  readonly files: EvidenceFiles;
}

/** How the owner's checks are run. */
export interface ChecksPlan {
  readonly rules: Pick<WorkRules, 'checks' | 'checkInputs' | 'checkEnvDeny'>;
  readonly files: Pick<EvidenceFiles, 'check'>;
  readonly scope: CommandScope;
  /** Of the supervisor. */
  readonly env: Environment;
  /** What is added to it for the checks alone. */
  readonly added: Environment;
  readonly signal: AbortSignal;
  /** The sandbox that they run in; undefined: none. */
  readonly within?: readonly string[] | undefined;
  /** Called before each check begins; what it throws is rethrown. */
  readonly begins?: (check: OwnersCheck, number: number) => Promise<void>;
}

/** Of what is listed one by one in the document; the patch has all, up to its own limit. */
const MAX_CHANGES = 5_000;
const MAX_PATCH_BYTES = 50_000_000;

/**
 * Undefined when `signal` aborted. Throws what the scope's `permit` throws, and the system's error when a file in `runs/`
 * cannot be written. What cannot be measured is evidence too: it says why.
 */
export async function makeEvidence(options: EvidenceOptions): Promise<Evidence | undefined> {
  const { record, scope, signal, env } = options;
  await endLeftCommand(scope);
  const place: MeasuredPlace = { ...options.place, env, signal };
  const measure = () => measureTree(place.measureDir, place.folder, env, { signal });
  let last = await measure();
  const checks = await runOwnersChecks(join(place.folder, options.place.subfolder), options, async () => {
    const now = await measure();
    const changed = await changedBetween(last, now, place);
    last = now;
    return changed;
  });
  if (checks === undefined || signal.aborted) return undefined;
  const common = commonPart(record, checks);
  try {
    return { ...common, ...(await measuredPart(last, checks, place, options)) };
  } catch (error) {
    if (!(error instanceof Unmeasured)) throw error;
    if (signal.aborted) return undefined;
    const cause = { kind: error.kind, detail: error.message };
    return { ...common, ...NOTHING_MEASURED, measured: false, cause };
  }
}

/** As `makeEvidence`, where nothing can be measured. `folder` is the one that Claude worked in. */
export async function makeUnmeasuredEvidence(
  record: RoundRecord,
  { folder, cause }: UnmeasuredPlace,
  plan: ChecksPlan,
): Promise<Evidence | undefined> {
  await endLeftCommand(plan.scope);
  const checks = await runOwnersChecks(folder, plan, async () => []);
  if (checks === undefined || plan.signal.aborted) return undefined;
  return { ...commonPart(record, checks), ...NOTHING_MEASURED, measured: false, cause };
}

/** Runs the owner's checks in a folder. Undefined when `signal` aborted. */
export function runOwnersChecks(
  folder: string,
  { rules, files, scope, env, added, signal, within, begins }: ChecksPlan,
  changedFiles: () => Promise<readonly string[]>,
): Promise<CheckResult[] | undefined> {
  return runChecks(rules.checks, {
    ...scope,
    cwd: folder,
    env: { ...commandEnvironment(env, rules.checkEnvDeny), ...added },
    signal,
    within,
    outputFile: files.check,
    changedFiles,
    begins,
  });
}

function commonPart(record: RoundRecord, checks: readonly CheckResult[]) {
  return { version: 1, ...record, checks, checksPassed: havePassed(checks), review: null } as const;
}

const NOTHING_MEASURED = {
  git: null,
  snapshot: null,
  diff: null,
  claims: { missing: [], undeclared: [], misfiled: [], ignored: [] },
} as const;

type MeasuredPart = Pick<
  Evidence,
  'measured' | 'cause' | 'git' | 'snapshot' | 'diff' | 'claims' | 'warnings'
>;

async function measuredPart(
  measured: MeasuredTree,
  checks: readonly CheckResult[],
  place: MeasuredPlace,
  options: EvidenceOptions,
): Promise<MeasuredPart> {
  if (measured.kind === 'unmeasured') throw new Unmeasured(CAUSES[measured.cause], measured.detail);
  const { claimed, rules, files, env, signal } = options;
  const { tree } = measured;
  const { changes: found, insertions, deletions, binary } = await changesTo(tree, place);
  const changes = found.map(asChange);
  const patchPlan = { from: place.base, to: tree, file: files.patch, maxBytes: MAX_PATCH_BYTES };
  const patch = await writePatch(place.measureDir, patchPlan, env, { signal });
  if (patch.kind === 'failed') throw new Unmeasured('git_failed', patch.detail);
  const work = await workPlace(place, options);
  const ignored = await ignoredClaims(claimed, work, place);
  const { outside, ...claims } = compareClaims(claimed, changes, work, (path) => ignored.has(path));
  return {
    measured: true,
    cause: null,
    ...(await whereItIs(tree, place, options)),
    diff: {
      files: changes.length,
      insertions,
      deletions,
      binary,
      patchBytes: patch.bytes,
      truncated: patch.truncated || changes.length > MAX_CHANGES,
      changes: changes.slice(0, MAX_CHANGES),
    },
    claims: { ...claims, undeclared: claims.undeclared.slice(0, MAX_CHANGES) },
    warnings: [
      ...options.record.warnings,
      ...warningsOf({
        outline: options.record.outline,
        ...(await factsOf(measured, found, place)),
        changes,
        changedByChecks: checks.flatMap(({ changedFiles }) => changedFiles),
        claimedOutside: outside,
        checkInputs: rules.checkInputs,
      }),
    ],
  };
}

const CAUSES: Readonly<Record<(MeasuredTree & { kind: 'unmeasured' })['cause'], UnmeasuredCause>> = {
  'folder-gone': 'folder_missing',
  late: 'time_limit',
  'no-git': 'git_missing',
  stopped: 'git_failed',
  failed: 'git_failed',
};

/** The names of what differs; none where one of both is not known. */
async function changedBetween(
  before: MeasuredTree,
  after: MeasuredTree,
  place: MeasuredPlace,
): Promise<string[]> {
  if (before.kind === 'unmeasured' || after.kind === 'unmeasured' || before.tree === after.tree) return [];
  const { changes } = await changesTo(after.tree, place, before.tree).catch(() => ({ changes: [] }));
  return changes.map(({ path }) => path).slice(0, MAX_CHANGES);
}

async function whereItIs(
  tree: string,
  place: MeasuredPlace,
  { place: { branch, baseRef }, record, title, env }: EvidenceOptions,
): Promise<Pick<Evidence, 'git' | 'snapshot'>> {
  const { repository, folder, base, measureDir } = place;
  if (repository === null) return { git: null, snapshot: { baseTree: base, tree } };
  const trailers = roundTrailers(record.projectId, record.round);
  const plan = { tree, parents: [base], message: title, trailers, date: new Date(record.madeAt) };
  const commit = await commitTree(measureDir, plan, env);
  const git = {
    repo: repository.topLevel,
    worktree: folder,
    branch,
    baseRef,
    baseOid: base,
    ...(await baseFacts(commit, repository, baseRef, place)),
    tree,
    commit,
  };
  return { git, snapshot: null };
}

/** What says of a commit whose work it is. */
export function roundTrailers(projectId: string, round: number): CommitPlan['trailers'] {
  return [
    ['Bridge-Project', projectId],
    ['Bridge-Round', String(round)],
  ];
}

async function workPlace(
  { folder, measureDir, env }: MeasuredPlace,
  { place: { subfolder, workspace } }: EvidenceOptions,
): Promise<WorkPlace> {
  const real = (path: string) => realpath(path).catch(() => path);
  const asked = await measureGit(measureDir, null, env)(['config', '--type=bool', 'core.ignoreCase']);
  return {
    subfolder,
    roots: [
      ...[folder, await real(folder)].map((path) => ({ path, below: '' })),
      ...[workspace, await real(workspace)].map((path) => ({ path, below: subfolder })),
    ],
    ignoreCase: textOf(asked) === 'true',
  };
}
