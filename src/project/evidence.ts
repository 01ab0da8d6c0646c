/**
 * What was measured of one round: how the folder differs from its base, what Claude says about that, the owner's checks,
 * and what it cost. A person decides on it. The schema is made when it is first asked for: most commands read none.
 */
import * as z from 'zod';
import { HOLD_KINDS } from './hold.ts';
import { outcomeSchema } from './outcome.ts';
import { WARNING_KINDS } from './warning.ts';

/** Why a round could not be measured. A person decides about it all the same. */
export const UNMEASURED_CAUSES = [
  'no_supervisor', // submitted by hand: nobody measures
  'git_missing', // there is no git program
  'git_failed', // git refused, for a reason of its own
  'not_supported', // nothing measures such a folder
  'folder_missing', // the folder, or what it is compared with, is gone
  'unreadable', // the folder cannot be read
  'too_big', // more than is measured
  'time_limit', // it took too long
] as const;

export type UnmeasuredCause = (typeof UNMEASURED_CAUSES)[number];

/** How the branch that the work began from stands to where it stood then. */
export const BASE_STATES = ['same', 'ahead', 'diverged', 'gone'] as const;
export const MERGEABLE = ['clean', 'conflict', 'none'] as const;
export const CHANGE_STATUSES = ['A', 'M', 'D', 'R', 'T'] as const;
export const DENIERS = ['rule', 'mode', 'person', 'sandbox'] as const;
export const SEVERITIES = ['blocking', 'note'] as const;

const texts = () => z.array(z.string());
const count = () => z.int().min(0);

function makeSchema() {
  const change = z.object({
    // Lossy where the name is not UTF-8.
    path: z.string(),
    pathBase64: z.string().exactOptional(),
    oldPath: z.string().exactOptional(),
    oldPathBase64: z.string().exactOptional(),
    status: z.enum(CHANGE_STATUSES),
    insertions: count(),
    deletions: count(),
    binary: z.boolean(),
    // As git writes it, such as 100755; only where it is new or has changed.
    mode: z.string().exactOptional(),
    // In bytes, after the change.
    size: count(),
  });
  const check = z.object({
    name: z.string(),
    // The command.
    run: z.string(),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    timedOut: z.boolean(),
    // Why it could not be started.
    failure: z.string().nullable(),
    durationMs: count(),
    // Its last words: text of programs, never of ours.
    outputTail: z.string(),
    outputFile: z.string(),
    // All it wrote, also what the file has no room for.
    outputBytes: count(),
    changedFiles: texts(),
    // Processes that it left and that could not be ended.
    leftovers: z.array(z.object({ pid: z.int(), name: z.string() })),
  });
  return z.object({
    version: z.literal(1),
    projectId: z.string(),
    round: z.int().min(1),
    // 1, or more where it was made again after a restart.
    attempt: z.int().min(1),
    // An outline was asked for, and no work.
    outline: z.boolean().default(false),
    madeAt: z.string(),
    madeBy: z.string(),
    planRevision: z.int().min(1),
    claudeVersion: z.string().nullable(),
    sessions: texts(),
    measured: z.boolean(),
    // Null where it was measured.
    cause: z.object({ kind: z.enum(UNMEASURED_CAUSES), detail: z.string() }).nullable(),
    // Null for a folder without git, and where nothing was measured.
    git: z
      .object({
        repo: z.string(),
        worktree: z.string(),
        // Null where Claude works in the folder itself.
        branch: z.string().nullable(),
        // Null for a commit that no branch pointed to.
        baseRef: z.string().nullable(),
        baseOid: z.string(),
        // Null: the branch is gone, or there was none.
        baseNowOid: z.string().nullable(),
        baseState: z.enum(BASE_STATES),
        mergeable: z.enum(MERGEABLE),
        conflicts: texts(),
        tree: z.string(),
        commit: z.string().nullable(),
      })
      .nullable(),
    // A folder without git, compared with how it was before the first run.
    snapshot: z.object({ baseTree: z.string(), tree: z.string() }).nullable(),
    diff: z
      .object({
        files: count(),
        insertions: count(),
        deletions: count(),
        binary: count(),
        patchBytes: count(),
        // The patch or the list of changes is not whole.
        truncated: z.boolean(),
        changes: z.array(change),
      })
      .nullable(),
    claims: z.object({
      // Said but not changed.
      missing: texts(),
      // Changed but not said.
      undeclared: texts(),
      // Said to be new, but was there before.
      misfiled: texts(),
      // Said, but git ignores it: not measured.
      ignored: texts(),
    }),
    warnings: z.array(z.object({ kind: z.enum(WARNING_KINDS), paths: texts(), detail: z.string() })),
    checks: z.array(check),
    // Null: there are none.
    checksPassed: z.boolean().nullable(),
    repairs: z.object({ used: count(), max: count() }),
    cost: z.object({
      // Null: unknown, as each of the tokens.
      usd: z.number().min(0).nullable(),
      tokens: z
        .object({ input: count(), output: count(), cacheRead: count(), cacheWrite: count() })
        .nullable(),
      turns: count(),
      runs: count(),
      seconds: count(),
    }),
    denied: z.array(
      z.object({ tool: z.string(), what: z.string(), by: z.enum(DENIERS), times: z.int().min(1) }),
    ),
    requests: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string() })),
    // What a second model says about the changes; null: the owner asks for no review, or the checks are red.
    review: z
      .object({
        // Null: none was asked.
        model: z.string().nullable(),
        // Null: it answered.
        cause: makeUnreviewedSchema().nullable(),
        // The words of a model, cleaned.
        findings: z.array(
          z.object({ severity: z.enum(SEVERITIES), path: z.string().exactOptional(), text: z.string() }),
        ),
        // Null: unknown.
        costUsd: z.number().min(0).nullable(),
      })
      .nullable(),
  });
}

/** Why the owner's review did not take place, or gave no answer. A person decides all the same; no rule does. */
export const UNREVIEWED_CAUSES = [
  'no_changes', // there are none to read
  'not_measured',
  'held', // no new run starts now
  'no_budget', // that of the project, the day or the month is spent
  'folder_busy', // another project works in the folder
  'ended', // it began, and ended without an answer
] as const;

function makeUnreviewedSchema() {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(UNREVIEWED_CAUSES).exclude(['held', 'ended']) }),
    z.object({ kind: z.literal('held'), holds: z.array(z.enum(HOLD_KINDS)) }),
    z.object({ kind: z.literal('ended'), outcome: outcomeSchema() }),
  ]);
}

let schema: ReturnType<typeof makeSchema> | undefined;

/** What is stored of it. */
export function evidenceSchema(): ReturnType<typeof makeSchema> {
  schema ??= makeSchema();
  return schema;
}

type Written = z.infer<ReturnType<typeof makeSchema>>;
/** Nothing of it changes once it was made. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

export type Evidence = Frozen<Written>;
export type Change = NonNullable<Evidence['diff']>['changes'][number];
export type CheckResult = Evidence['checks'][number];
export type Claims = Evidence['claims'];
export type Warning = Evidence['warnings'][number];
export type Review = NonNullable<Evidence['review']>;
export type Finding = Review['findings'][number];
export type Unreviewed = NonNullable<Review['cause']>;
