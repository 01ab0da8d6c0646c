/**
 * What must be true of every state folder after every fault: the record is whole, legal and complete, nothing ran that
 * it does not know, and nothing ran twice. Read from the tables themselves, not through the code that wrote them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import type { Row, Tables } from '../../src/store/schema.ts';
import { SENT, standingAfter } from '../standing.ts';
import type { Testimony } from './puppet.ts';

export interface Evidence {
  /** Projects whose sending was acknowledged. */
  readonly sent: readonly string[];
  /** What the puppets say of themselves; empty where the real Claude worked. */
  readonly witness: readonly Testimony[];
}

/** Fails with a list of all that is not as it must be. */
export function invariants(home: string, evidence: Evidence): void {
  const sqlite = new Sqlite(join(home, 'bridge.db'), { readonly: true, timeout: 10_000 });
  try {
    const broken = sqlite.transaction(() => {
      const tables = readTables(sqlite);
      return [
        ...whole(sqlite),
        ...countedRight(sqlite),
        ...tables.projects.flatMap((project) => legalHistory(project, tables)),
        ...complete(tables, evidence),
        ...oneAtATime(tables),
        ...tables.projects.flatMap((project) => namesItsRun(project, tables)),
        ...tables.runs.flatMap((run) => runIsRecorded(run, tables)),
        ...tables.projects.flatMap((project) => nothingTwice(project, tables)),
        ...tables.approvals.flatMap((approval) => decidedOnEvidence(approval, tables)),
        ...nothingUnknown(tables, evidence.witness),
        ...secretsGone(home, tables),
      ];
    })();
    expect(broken, 'promises broken').toEqual([]);
  } finally {
    sqlite.close();
  }
}

/** The counts of projects by status are those of the projects. */
function countedRight(sqlite: Sqlite.Database): string[] {
  const counted = sqlite
    .prepare('SELECT status, count FROM project_counts WHERE count <> 0 ORDER BY status')
    .all();
  const there = sqlite
    .prepare('SELECT status, count(*) AS count FROM projects GROUP BY status ORDER BY status')
    .all();
  const same = JSON.stringify(counted) === JSON.stringify(there);
  return same ? [] : [`counts ${JSON.stringify(counted)}, and there are ${JSON.stringify(there)}`];
}

type Named =
  | 'projects'
  | 'plans'
  | 'runs'
  | 'events'
  | 'completions'
  | 'evidence'
  | 'approvals'
  | 'landings'
  | 'messages'
  | 'updates';
type Content = { readonly [T in Named]: readonly Row<T & keyof Tables>[] };

function readTables(sqlite: Sqlite.Database): Content {
  const all = <T extends Named>(table: T, order: string) =>
    sqlite.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all() as Row<T>[];
  return {
    projects: all('projects', 'created_at'),
    plans: all('plans', 'created_at'),
    runs: all('runs', 'rowid'),
    events: all('events', 'id'),
    completions: all('completions', 'id'),
    evidence: all('evidence', 'id'),
    approvals: all('approvals', 'id'),
    landings: all('landings', 'id'),
    messages: all('messages', 'rowid'),
    updates: all('updates', 'id'),
  };
}

function whole(sqlite: Sqlite.Database): string[] {
  const integrity = String(sqlite.pragma('integrity_check', { simple: true }));
  const orphans = sqlite.pragma('foreign_key_check') as unknown[];
  return [
    ...(integrity === 'ok' ? [] : [`integrity_check: ${integrity}`]),
    ...orphans.map((row) => `foreign_key_check: ${JSON.stringify(row)}`),
  ];
}

/** Every status was reached by moves of the transition table, each with its event. */
function legalHistory(project: Row<'projects'>, { events }: Content): string[] {
  const own = events.filter((event) => event.project_id === project.id);
  const broken: string[] = [];
  if (own[0]?.type !== 'project.sent') broken.push(`${project.id}: its history does not begin with its plan`);
  let standing = SENT;
  for (const { id, type, actor, data } of own) {
    const after = standingAfter(standing, { type, actor, data: JSON.parse(data) });
    if (after === undefined) broken.push(`${project.id}: event ${id} ${type} in status ${standing.status}`);
    standing = after ?? standing;
  }
  const { status, attention_from } = project;
  if (standing.status !== status)
    broken.push(`${project.id}: is ${status}, and its events say ${standing.status}`);
  if (standing.attentionFrom !== attention_from)
    broken.push(`${project.id}: was parked in ${attention_from}, its events say ${standing.attentionFrom}`);
  const rounds = own.filter(({ type }) => type === 'project.revision_started').length + 1;
  if (rounds !== project.round)
    broken.push(`${project.id}: in round ${project.round}, ${rounds} were opened`);
  return broken;
}

/** Nothing that was acknowledged or done is missing, and no row came without its event. */
function complete(tables: Content, { sent }: Evidence): string[] {
  const { events, projects } = tables;
  const broken = sent
    .filter((id) => !projects.some((project) => project.id === id))
    .map((id) => `${id}: was sent and is not there`);
  const counts: [string, number, string[]][] = [
    ['projects', projects.length, ['project.sent']],
    ['plans', tables.plans.length, ['project.sent', 'project.amended']],
    ['completions', tables.completions.length, ['project.submitted']],
    [
      'evidence',
      tables.evidence.length,
      ['project.verified', 'project.checks_failed', 'project.findings_sent_back'],
    ],
    ['landed', tables.landings.filter(({ outcome }) => outcome === 'landed').length, ['project.landed']],
    [
      'approvals',
      tables.approvals.length,
      ['project.approved', 'project.outline_approved', 'project.rejected'],
    ],
    // An amendment tells of itself by a message of its own.
    [
      'messages',
      tables.messages.filter(({ plan_revision }) => plan_revision === null).length,
      ['project.steered'],
    ],
    ['updates', tables.updates.length, ['project.updated']],
    ['runs', tables.runs.length, ['run.started']],
  ];
  for (const [table, rows, types] of counts) {
    const told = events.filter(({ type }) => types.includes(type)).length;
    if (told !== rows) broken.push(`${rows} ${table}, and ${told} events of ${types.join(' or ')}`);
  }
  return broken;
}

/** At no moment of the history had a project two open runs, or a workspace and one inside it. */
function oneAtATime({ events, runs }: Content): string[] {
  const broken: string[] = [];
  const open = new Map<string, Row<'runs'>>();
  for (const { type, run_id } of events) {
    const run = runs.find(({ id }) => id === run_id);
    if (!run) continue;
    if (type === 'run.ended') open.delete(run.id);
    if (type !== 'run.started') continue;
    for (const other of open.values()) {
      if (
        other.project_id === run.project_id ||
        contains(other.workspace, run.workspace) ||
        contains(run.workspace, other.workspace)
      )
        broken.push(`run ${run.id} began while run ${other.id} was open in its project or workspace`);
    }
    open.set(run.id, run);
  }
  return broken;
}

/** The run under way that a project names is the one of its runs that has not ended. */
function namesItsRun(project: Row<'projects'>, { runs }: Content): string[] {
  const open = runs.find((run) => run.project_id === project.id && run.ended_at === null)?.id ?? null;
  return open === project.run_id
    ? []
    : [`${project.id}: names run ${project.run_id}, and its open run is ${open}`];
}

function contains(folder: string, path: string): boolean {
  return `${path}/`.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** A run's row and its events tell the same. */
function runIsRecorded(run: Row<'runs'>, { events }: Content): string[] {
  const own = events.filter(({ run_id }) => run_id === run.id);
  const count = (type: string) => own.filter((event) => event.type === type).length;
  const broken: string[] = [];
  const expected: [string, boolean][] = [
    ['run.started', true],
    ['run.spawned', run.spawned_at !== null],
    ['run.ready', run.ready_at !== null],
    ['run.ended', run.ended_at !== null],
  ];
  for (const [type, happened] of expected) {
    if (count(type) !== (happened ? 1 : 0)) broken.push(`run ${run.id}: ${count(type)} events ${type}`);
  }
  const order = own.map(({ type }) => expected.findIndex(([name]) => name === type)).filter((at) => at >= 0);
  if (order.some((at, index) => at < (order[index - 1] ?? 0)))
    broken.push(`run ${run.id}: its events are not in order`);
  if ((run.ended_at === null) !== (run.outcome === null))
    broken.push(`run ${run.id}: an end without an outcome, or an outcome without an end`);
  return broken;
}

/** After these the conversation cannot go on, and the record says so. */
const ENDS_A_SESSION = ['session_missing', 'prompt_too_long'];

/** In one round one run begins the work; each later one goes on with it, and after the submission there is none. */
function nothingTwice(project: Row<'projects'>, { runs }: Content): string[] {
  const broken: string[] = [];
  const own = runs.filter(({ project_id }) => project_id === project.id);
  // A reviewer reads what was submitted, in a session of its own, and again when it was cut short.
  const real = own.filter(({ spawned_at, kind }) => spawned_at !== null && kind !== 'review');
  real.forEach((run, index) => {
    const before = real[index - 1];
    if (!before || before.round !== run.round) return;
    if (!['resume', 'repair', 'answer'].includes(run.kind))
      broken.push(`run ${run.id} begins round ${run.round} of ${project.id} anew`);
    if (before.outcome === null) broken.push(`run ${run.id} follows run ${before.id}, which has no outcome`);
    if (run.kind === 'repair' && before.outcome !== 'submitted')
      broken.push(`run ${run.id} repairs what run ${before.id} has not submitted`);
    if (before.outcome === 'submitted' && run.kind !== 'repair')
      broken.push(`run ${run.id} works on round ${run.round}, submitted before`);
    if (run.session_id !== before.session_id && !ENDS_A_SESSION.includes(before.outcome ?? ''))
      broken.push(`run ${run.id} is in another session than run ${before.id}, which ended ${before.outcome}`);
  });
  return broken;
}

/** A decision names what was measured last of its round, and work that was sent back for repair was not decided on. */
function decidedOnEvidence(approval: Row<'approvals'>, { evidence }: Content): string[] {
  const { project_id, round, evidence_id, tree } = approval;
  const newest = evidence.filter((one) => one.project_id === project_id && one.round === round).at(-1);
  const isSame = evidence_id === (newest?.id ?? null) && tree === (newest?.tree ?? null);
  return isSame
    ? []
    : [`round ${round} of ${project_id}: decided on evidence ${evidence_id}, not ${newest?.id}`];
}

/** The MCP configuration of a run may hold the owner's secrets: none is left of a run that has ended. */
function secretsGone(home: string, { runs }: Content): string[] {
  return runs
    .filter(({ id, ended_at }) => ended_at !== null && existsSync(join(home, 'runs', `${id}.mcp.json`)))
    .map(({ id }) => `run ${id} has ended, and its MCP configuration is still there`);
}

/** Each process that there was belongs to one run, and was alone with its session. */
function nothingUnknown({ runs }: Content, witness: readonly Testimony[]): string[] {
  const broken: string[] = [];
  const seen = new Set<string>();
  for (const { event, pid, run } of witness) {
    if (event === 'overlap')
      broken.push(`process ${pid} of run ${run} shared its session with another process`);
    if (event !== 'start') continue;
    if (!runs.some(({ id }) => id === run))
      broken.push(`process ${pid} ran for run ${run}, which is not there`);
    if (seen.has(run)) broken.push(`run ${run} had two processes`);
    seen.add(run);
  }
  const prompted = witness.filter(({ event }) => event === 'prompt');
  for (const { run } of prompted) {
    if (runs.some(({ id, spawned_at }) => id === run && spawned_at === null))
      broken.push(`run ${run} was given its prompt, and its process is not in the record`);
  }
  return broken;
}
