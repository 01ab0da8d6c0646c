/**
 * Takes the projects of the Python bridge over, with their plans, updates, submissions and decisions, and their times. What
 * is here already stays as it is, so doing it again adds only what is new. Nothing begins by itself: `project/imported.ts`
 * says how a project arrives.
 */
import { hash } from 'node:crypto';
import { cut } from '../characters.ts';
import type { Environment } from '../environment.ts';
import type { NewEvent } from '../project/event.ts';
import { asProjectId, isProjectId, type ProjectId } from '../project/ids.ts';
import {
  type Arrival,
  arrivalOf,
  type ForeignProject,
  type ForeignRounds,
  type ImportChange,
  roundsOf,
} from '../project/imported.ts';
import { keptSettings } from '../project/kept-settings.ts';
import { isClosed, type Project, type ProjectStatus } from '../project/project.ts';
import { cleanLine, LIMITS } from '../project/text.ts';
import type { Writing } from '../store/database.ts';
import { appendEvent, typesOfEvents } from '../store/events.ts';
import { insertProject, lockProject, NOT_BEGUN, updateProject } from '../store/projects.ts';
import { toSettingColumns } from '../store/setting-columns.ts';
import { type RecordTally, Texts, takeRecord } from './import-record.ts';
import { perform } from './importing.ts';
import { chooseIsolation } from './isolation.ts';
import type { Bridge } from './open-bridge.ts';
import { addToStatusFile } from './status-file.ts';
import { type RulesPolicy, rulesAt } from './work-rules.ts';
import { chooseWorkspace, ownWorkspace } from './workspaces.ts';

export interface ImportedProject extends RecordTally {
  readonly id: ProjectId;
  /** In the file. */
  readonly foreignId: string;
  readonly title: string;
  /** Its status in the file. */
  readonly was: string;
  /** Null where another project has its id. */
  readonly status: ProjectStatus | null;
  /** Why it waits for a person; null: it does not, or it is not new. */
  readonly attention: string | null;
  readonly change: ImportChange;
}

/**
 * Imports what is not here, each project in a transaction of its own. Throws StoreError.
 *
 * @param policy Where the owner lets Claude work: an open project gets its folder of there only within that.
 * @param isDry Only tells what would come.
 */
export async function importProjects(
  bridge: Bridge,
  projects: readonly ForeignProject[],
  policy: RulesPolicy,
  env: Environment,
  isDry: boolean,
): Promise<ImportedProject[]> {
  const imported: ImportedProject[] = [];
  for (const foreign of projects) {
    const arriving = await prepare(bridge, foreign, policy, env);
    const taken = await perform(bridge, isDry, (writing) => take(writing, arriving));
    const { project, event } = taken;
    if (project && event && !isDry) await addToStatusFile(bridge, project, [event]);
    imported.push(taken.imported);
  }
  return imported;
}

/** A project of there, and all that is looked up before the transaction. */
interface Arriving {
  readonly id: ProjectId;
  readonly foreign: ForeignProject;
  readonly rounds: ForeignRounds;
  readonly arrival: Arrival;
  readonly place: Place;
}

async function prepare(
  bridge: Bridge,
  foreign: ForeignProject,
  policy: RulesPolicy,
  env: Environment,
): Promise<Arriving> {
  const id = idOf(foreign);
  const rounds = roundsOf(foreign);
  const arrival = arrivalOf(foreign, rounds);
  const place = isClosed(arrival.status)
    ? placeOfClosed(bridge, id, foreign)
    : await placeOfOpen(bridge, id, foreign, policy, env);
  return { id, foreign, rounds, arrival, place };
}

/** Its own where it is one of ours by its form, else one that a second import finds again. */
function idOf({ id }: ForeignProject): ProjectId {
  if (isProjectId(id)) return id;
  return asProjectId(hash('sha256', id).slice(0, 12));
}

interface Place extends Partial<Pick<Project, 'isolation' | 'base'>> {
  readonly workspace: string;
  readonly place: string | null;
  /** Why its folder cannot be used; null: it can. */
  readonly problem: string | null;
}

function placeOfClosed({ stateDir }: Bridge, id: ProjectId, { workspace }: ForeignProject): Place {
  const folder = cleanLine(workspace ?? '') || ownWorkspace(stateDir, id);
  return { workspace: folder, place: null, problem: null };
}

/**
 * The folder of there, if the owner lets Claude work in it. Work that was begun goes on in it: a worktree would not have what
 * nobody committed. Until the folder can be used, `settlePlace` looks it up before the first run.
 */
async function placeOfOpen(
  { stateDir }: Bridge,
  id: ProjectId,
  { workspace, status }: ForeignProject,
  policy: RulesPolicy,
  env: Environment,
): Promise<Place> {
  const wanted = cleanLine(workspace ?? '') || null;
  const begun = status === 'pending' ? {} : ({ isolation: 'in_place', base: null } as const);
  const own = ownWorkspace(stateDir, id);
  const unplaced = { workspace: own, place: wanted ?? policy.workspace ?? null, ...begun };
  const folder = await chooseWorkspace(policy, stateDir, id, wanted);
  if (!folder.ok) return { ...unplaced, problem: folder.refusal };
  const placed = { workspace: folder.value, place: wanted, problem: null };
  if (status !== 'pending') return { ...placed, ...begun };
  const { rules } = rulesAt(policy, wanted, folder.value);
  const chosen = await chooseIsolation(folder.value === own ? null : folder.value, rules, {}, env);
  return chosen.ok ? { ...placed, ...chosen.value } : { ...unplaced, problem: chosen.refusal };
}

interface Taken {
  readonly imported: ImportedProject;
  /** Undefined where nothing was new. */
  readonly project?: Project | undefined;
  readonly event?: NewEvent | undefined;
}

const NOTHING: RecordTally = { updates: 0, completions: 0, decisions: 0, shortened: 0 };

async function take(writing: Writing, arriving: Arriving): Promise<Taken> {
  const { trx } = writing;
  const { id, foreign, arrival } = arriving;
  const here = await lockProject(trx, id);
  const texts = new Texts();
  const about = {
    id,
    foreignId: shown(foreign.id),
    title: texts.line(foreign.title, LIMITS.title) || 'Untitled',
    was: shown(foreign.status),
  };
  const unchanged = (change: ImportChange, status: ProjectStatus | null): Taken => ({
    imported: { ...about, ...NOTHING, change, status, attention: null },
  });
  const happened = here ? await typesOfEvents(trx, id) : [];
  if (here && !happened.includes('project.imported')) return unchanged('taken', null);
  if (here && happened.length > 1) return unchanged('gone_on', here.status);

  const attention = attentionOf(arriving);
  if (!here) await insert(writing, arriving, about.title);
  const { round, ...tally } = await takeRecord(writing, id, foreign, arriving.rounds);
  const isNew = tally.updates + tally.completions + tally.decisions > 0;
  if (here && !isNew && here.status === arrival.status && here.attentionFrom === arrival.attentionFrom)
    return unchanged('here', here.status);
  const event = importedEvent(writing, arriving, { title: about.title, ...tally });
  await appendEvent(trx, event);
  await updateProject(trx, id, {
    status: arrival.status,
    attention,
    attention_from: arrival.attentionFrom,
    round,
    claimed_by: isBegun(arriving) ? 'supervisor' : null,
    // What waits for a person has changed with the import; all else is as it was there.
    ...(attention === null && { updated_at: foreign.updatedAt }),
  });
  const imported: ImportedProject = {
    ...about,
    ...tally,
    shortened: tally.shortened + texts.shortened,
    status: arrival.status,
    attention,
    change: here ? 'continued' : 'added',
  };
  return { imported, event, project: await lockProject(trx, id) };
}

/** Who began it there is to go on with it here. */
function isBegun({ foreign }: Arriving): boolean {
  return foreign.status !== 'pending';
}

/** All that a person should know before it goes on. */
function attentionOf({ arrival, foreign, place }: Arriving): string | null {
  if (arrival.reason === null) return null;
  const missing = foreign.plan === null ? ['its plan was not found: amend it first'] : [];
  const folder = place.problem === null ? [] : [`its folder cannot be used: ${place.problem}`];
  return [arrival.reason, ...missing, ...folder].join('; ');
}

async function insert({ trx }: Writing, arriving: Arriving, title: string): Promise<void> {
  const { id, foreign, arrival, place } = arriving;
  const { isolation = null, base = null } = place;
  const project = {
    id,
    title,
    status: arrival.status,
    workspace: place.workspace,
    place: place.place,
    ...toSettingColumns({ ...keptSettings({}), isolation, base }),
    ...NOT_BEGUN,
    request_id: null,
    created_at: foreign.createdAt,
    updated_at: foreign.updatedAt,
  };
  await insertProject(trx, project, foreign.plan ?? `# ${title}\n\n${NO_PLAN}\n`);
}

const NO_PLAN = 'The plan of this project was not found when it was imported.';

function importedEvent(
  { now }: Writing,
  { id, foreign, arrival, place }: Arriving,
  { title, updates, completions, decisions }: Omit<RecordTally, 'shortened'> & { readonly title: string },
): NewEvent<'project.imported'> {
  return {
    type: 'project.imported',
    data: {
      title,
      workspace: place.workspace,
      foreignId: shown(foreign.id),
      was: shown(foreign.status),
      status: arrival.status,
      updates,
      completions,
      decisions,
    },
    projectId: id,
    runId: null,
    actor: 'person',
    createdAt: now,
  };
}

/** A word of theirs. */
function shown(word: string): string {
  return cut(cleanLine(word), MAX_WORD);
}

const MAX_WORD = 100;
