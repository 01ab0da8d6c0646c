/** A new revision of the plan of a project, under way or not. */
import { randomUUID } from 'node:crypto';
import { amendedReason, amendedSettings, unsettling } from '../project/amendment.ts';
import { aboveCeilings } from '../project/ceilings.ts';
import { expiryOf } from '../project/expiry.ts';
import { readFrontMatter } from '../project/front-matter.ts';
import { type ProjectId, unknownProject } from '../project/ids.ts';
import { type PlanResult, parsePlan } from '../project/plan.ts';
import type { Project } from '../project/project.ts';
import type { Settings } from '../project/settings.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Reader } from '../store/database.ts';
import { findEvidence } from '../store/evidence.ts';
import { insertMessage } from '../store/messages.ts';
import { findAmendment, insertPlan, newestPlan } from '../store/plans.ts';
import { updateProject } from '../store/projects.ts';
import { toSettingColumns } from '../store/setting-columns.ts';
import { type Actor, type Bridge, changeProject, lookUp, type ProjectChange } from './bridge.ts';
import { databaseOf } from './open-bridge.ts';
import { recordDecision } from './reviews.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';

export interface Amendment {
  readonly projectId: ProjectId;
  readonly markdown: string;
  /** Repeating an amendment with the same id changes nothing. */
  readonly requestId?: string | undefined;
}

export interface Amended {
  readonly project: Project;
  /** 2 for the first amendment. */
  readonly revision: number;
  readonly repeated: boolean;
  /** Submitted work that waited for a decision goes back with the new plan. */
  readonly reopened: boolean;
  /** Keys of the front matter that belong to other tools. */
  readonly notUsed: readonly string[];
}

/**
 * Makes `markdown` the plan of a project. Its front matter is held to what the owner allows, as that of a new plan; what it
 * says nothing of stays as it was, and where the project is cannot be changed. What has begun is told of it by a message.
 * Work that waits for a decision is reopened as by a rejection, also after the last round: no decision on it is taken any
 * more. Refuses a text that is the plan already.
 */
export async function amendPlan(
  bridge: Bridge,
  policy: RulesPolicy,
  { projectId, markdown, requestId }: Amendment,
  actor: Actor,
): Promise<Result<Amended>> {
  const db = databaseOf(bridge).read;
  const seen = await lookUp(db, projectId);
  if (!seen) return refuse(unknownProject(projectId));
  const earlier = await amendedBefore(db, seen, requestId);
  if (earlier) return ok(earlier);

  const checked = await checkAmendment(policy, seen, markdown);
  if (!checked.ok) return checked;
  const { plan, asked, notUsed } = checked.value;

  return changeProject<Amended>(
    bridge,
    projectId,
    'amend',
    actor,
    async (change) => {
      const { trx, now, project, to, event } = change;
      const before = await newestPlan(trx, projectId);
      const revision = before.revision + 1;
      await insertPlan(trx, {
        project_id: projectId,
        revision,
        markdown,
        amended_by: actor,
        request_id: requestId ?? null,
        created_at: now,
      });
      const changed = await keepSettings(change, asked.settings, plan.title, settingsOf(before.markdown));
      if (hasBegun(project)) await tell(change, revision);
      const reopened = project.status === 'awaiting_approval';
      if (reopened) await rejectRound(change, revision, actor);
      await event({ type: 'project.amended', data: { revision } });
      const amended = { ...changed, status: to, updatedAt: now };
      return { project: amended, revision, repeated: false, reopened, notUsed };
    },
    async (trx, project) => {
      const first = await amendedBefore(trx, project, requestId);
      if (first) return ok(first);
      // Approved work lands as it was approved; what was decided on is not done again.
      if (project.attentionFrom === 'approved') return refuse(APPROVED);
      const before = await newestPlan(trx, projectId);
      if (before.markdown === markdown) return refuse('this is the plan already; nothing was changed.');
      const settled = unsettling(asked, settingsOf(before.markdown), project);
      return settled.length === 0
        ? undefined
        : refuse(`the plan was not accepted: ${settled.join('; ')}. Nothing was stored.`);
    },
  );
}

/** Reads what is to become the plan of a project, and holds it to what the owner allows. */
export async function checkAmendment(
  policy: RulesPolicy,
  { title, place, workspace }: Project,
  markdown: string,
): Promise<Result<Pick<Extract<PlanResult, { ok: true }>, 'plan' | 'asked' | 'notUsed'>>> {
  const parsed = await parsePlan(markdown, readFrontMatter(markdown).settings.title ?? title);
  if (!parsed.ok) return refuse(`the plan was not accepted: ${parsed.problems.join('; ')}`);
  const { name, rules } = rulesAt(policy, place, workspace);
  const above = aboveCeilings(parsed.asked, rules, name);
  if (above.length > 0) return refuse(`the plan was not accepted: ${above.join('; ')}. Nothing was stored.`);
  return ok(parsed);
}

const APPROVED =
  "its work was approved and waits to land ('bridge-supervisor retry'); nothing was changed. Send a new plan for more work.";

async function amendedBefore(
  db: Reader,
  project: Project,
  requestId: string | undefined,
): Promise<Amended | undefined> {
  const first = requestId === undefined ? undefined : await findAmendment(db, project.id, requestId);
  return first && { project, revision: first.revision, repeated: true, reopened: false, notUsed: [] };
}

function settingsOf(markdown: string): Settings {
  return readFrontMatter(markdown).settings;
}

/** Whether somebody knows the plan as it was. */
function hasBegun({ status, sessionId, claimedBy }: Project): boolean {
  return status !== 'pending' || sessionId !== null || claimedBy !== null;
}

async function keepSettings(
  { trx, now, project }: ProjectChange,
  settings: Settings,
  title: string,
  before: Settings,
): Promise<Project> {
  const kept = amendedSettings(project, settings);
  const isNewTime = settings.expires !== undefined && settings.expires !== before.expires;
  const expiresAt =
    isNewTime && !hasBegun(project) ? expiryOf(now, settings.expires ?? null) : project.expiresAt;
  // Work that was to be measured again is done again, by the new plan.
  const attentionFrom = project.attentionFrom === 'verifying' ? 'in_progress' : project.attentionFrom;
  await updateProject(trx, project.id, {
    title,
    ...toSettingColumns(kept),
    expires_at: expiresAt,
    attention_from: attentionFrom,
  });
  return { ...project, ...kept, title, expiresAt, attentionFrom };
}

/** By a message: a run under way takes it in between two steps, else the next one begins with it. */
async function tell({ trx, now, project }: ProjectChange, revision: number): Promise<void> {
  await insertMessage(trx, {
    id: randomUUID(),
    project_id: project.id,
    message: amendedReason(revision),
    request_id: null,
    created_at: now,
    plan_revision: revision,
  });
}

/** The round ends with a decision, so that no other one is taken on it. */
async function rejectRound(change: ProjectChange, revision: number, actor: Actor): Promise<void> {
  const { trx, project } = change;
  await recordDecision(change, {
    verdict: 'rejected',
    reason: amendedReason(revision),
    reviseIn: null,
    allow: [],
    measured: await findEvidence(trx, project.id, project.round),
    bound: false,
    by: actor,
  });
}
