import * as z from 'zod';
import {
  BASE_STATES,
  CHANGE_STATUSES,
  DENIERS,
  MERGEABLE,
  SEVERITIES,
  UNMEASURED_CAUSES,
  UNREVIEWED_CAUSES,
} from '../../project/evidence.ts';
import { HOLD_KINDS } from '../../project/hold.ts';
import { WARNING_KINDS } from '../../project/warning.ts';
import { outcomeSchema } from './outcome.ts';
import { revisionSchema } from './revision.ts';
import { count, id, path, time, usd } from './scalars.ts';

const paths = () => z.array(z.string());
/** Of a commit or a tree, as git names it. */
const oid = () => z.string().regex(/^[0-9a-f]{40,64}$/);

const changeSchema = z.strictObject({
  path: z.string().describe('below the top of the repository'),
  path_base64: z.string().exactOptional().describe('its bytes, where the name is not UTF-8'),
  old_path: z.string().exactOptional().describe('of a renamed file'),
  old_path_base64: z.string().exactOptional(),
  status: z.enum(CHANGE_STATUSES).describe('A: added; M: modified; D: deleted; R: renamed; T: another type'),
  insertions: count().describe('lines'),
  deletions: count().describe('lines'),
  binary: z.boolean(),
  mode: z.string().exactOptional().describe('as git writes it, where it is new or has changed'),
  size: count().describe('bytes, after the change'),
});

const gitSchema = z.strictObject({
  repo: path(),
  worktree: path(),
  branch: z.string().nullable().describe('null: the work was done in the folder itself'),
  base_ref: z.string().nullable().describe('the branch that the work began from; null: a commit'),
  base_oid: oid(),
  base_now_oid: oid().nullable().describe('where that branch is now; null: gone'),
  base_state: z.enum(BASE_STATES),
  mergeable: z.enum(MERGEABLE),
  conflicts: paths(),
  tree: oid().describe('what a decision is bound to'),
  commit: oid().nullable().describe('what lands'),
});

const checkSchema = z.strictObject({
  name: z.string(),
  run: z.string().describe('the command'),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  timed_out: z.boolean(),
  failure: z.string().nullable().describe('why it could not be started'),
  duration_ms: count(),
  output_tail: z.string().describe('its last words; text of programs'),
  output_file: path(),
  output_bytes: count().describe('all it wrote, also what the file has no room for'),
  changed_files: paths(),
  leftovers: z
    .array(z.strictObject({ pid: z.int(), name: z.string() }))
    .describe('processes that it left and that could not be ended'),
});

/** What was measured of one round. */
export const evidenceSchema = z
  .strictObject({
    version: z.literal(1),
    project_id: id(),
    round: z.int().min(1),
    attempt: z.int().min(1).describe('more than 1 where it was made again'),
    outline: z.boolean().describe('an outline was asked for, and no work'),
    made_at: time(),
    made_by: z.string(),
    plan_revision: z.int().min(1),
    claude_version: z.string().nullable(),
    sessions: z.array(z.string()).describe('of the project so far, oldest first'),
    measured: z.boolean(),
    cause: z
      .strictObject({ kind: z.enum(UNMEASURED_CAUSES), detail: z.string() })
      .nullable()
      .describe('why it was not measured'),
    git: gitSchema.nullable().describe('null: a folder without git, or not measured'),
    snapshot: z
      .strictObject({ base_tree: oid(), tree: oid().describe('what a decision is bound to') })
      .nullable()
      .describe('of a folder without git, which is compared with how it was before the first run'),
    diff: z
      .strictObject({
        files: count(),
        insertions: count(),
        deletions: count(),
        binary: count().describe('binary files'),
        patch_bytes: count(),
        truncated: z.boolean().describe('the patch or the list of changes is not whole'),
        changes: z.array(changeSchema),
      })
      .nullable()
      .describe('null: not measured'),
    claims: z
      .strictObject({
        missing: paths().describe('said but not changed'),
        undeclared: paths().describe('changed but not said'),
        misfiled: paths().describe('said to be new, but was there before'),
        ignored: paths().describe('said, but git ignores it: not measured'),
      })
      .describe('What Claude says it changed, where that is not so.'),
    warnings: z.array(z.strictObject({ kind: z.enum(WARNING_KINDS), paths: paths(), detail: z.string() })),
    checks: z.array(checkSchema).describe('in the order in which they ran'),
    checks_passed: z.boolean().nullable().describe('null: there are none'),
    repairs: z.strictObject({ used: count(), max: count() }),
    cost: z.strictObject({
      usd: usd().nullable().describe('null: unknown'),
      tokens: z
        .strictObject({ input: count(), output: count(), cache_read: count(), cache_write: count() })
        .nullable()
        .describe('null: unknown'),
      turns: count(),
      runs: count(),
      seconds: count(),
    }),
    denied: z
      .array(
        z.strictObject({
          tool: z.string(),
          what: z.string(),
          by: z.enum(DENIERS),
          times: z.int().min(1),
        }),
      )
      .describe('what Claude was not allowed to do'),
    requests: z
      .array(z.strictObject({ id: z.string(), kind: z.string(), state: z.string() }))
      .describe('what Claude asked a person'),
    review: z
      .strictObject({
        model: z.string().nullable().describe('null: none was asked'),
        cause: z
          .discriminatedUnion('kind', [
            z.strictObject({ kind: z.enum(UNREVIEWED_CAUSES).exclude(['held', 'ended']) }),
            z.strictObject({
              kind: z.literal('held'),
              holds: z.array(z.enum(HOLD_KINDS)).describe('why no new run starts'),
            }),
            z.strictObject({ kind: z.literal('ended'), outcome: outcomeSchema }),
          ])
          .nullable()
          .describe('why it gave no answer; null: it gave one'),
        findings: z.array(
          z.strictObject({
            severity: z.enum(SEVERITIES),
            path: z.string().exactOptional(),
            text: z.string(),
          }),
        ),
        cost_usd: usd().nullable().describe('null: unknown'),
      })
      .nullable()
      .describe(
        'what a second model says about the changes, in its own words; null: the owner asks for no review, or the checks are red',
      ),
  })
  .describe('What was measured of one round.');

export type WireEvidence = z.output<typeof evidenceSchema>;

/** With what is so now. */
export const shownEvidenceSchema = evidenceSchema.extend({
  revision: revisionSchema.nullable().describe('what a rejection begins; null: none is waited for'),
});

export type WireShownEvidence = z.output<typeof shownEvidenceSchema>;

/** The files that a round changed. */
export const changeListSchema = evidenceSchema.shape.diff
  .unwrap()
  .extend({
    changes: z.array(
      changeSchema.extend({ number: z.int().min(1).describe('names it in `/diff/{number}`') }),
    ),
  })
  .describe('The files that a round changed.');

export type WireChangeList = z.output<typeof changeListSchema>;

const [facts, git] = [evidenceSchema.shape, gitSchema.shape];

/** The figures of it; `evidence --json` has all. */
export const evidenceFiguresSchema = z
  .strictObject({
    round: facts.round,
    attempt: facts.attempt,
    tree: git.tree.nullable().describe('what a decision is bound to; null: nothing was measured'),
    commit: git.commit,
    outline: facts.outline,
    measured: facts.measured,
    checks_passed: facts.checks_passed,
    repairs: count().describe('how often it was sent back for its checks'),
    files: count().describe('that changed'),
    insertions: count().describe('lines'),
    deletions: count().describe('lines'),
    warnings: count(),
    review: z
      .strictObject({
        answered: z.boolean().describe('false: it did not take place, or gave no answer'),
        blocking: count().describe('findings'),
        notes: count().describe('other findings'),
      })
      .nullable()
      .describe('null: the owner asks for none, or the checks are red'),
  })
  .describe('The figures of what was measured of one round.');

export type WireEvidenceFigures = z.output<typeof evidenceFiguresSchema>;
