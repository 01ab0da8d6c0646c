/**
 * What must be true after every kill. The journal against the store: what was acknowledged is there, once. The store
 * against itself: the same invariants that every test of a fault ends with. The machine against the store: who lives,
 * and in whose name. The workspaces against the store: no work was done twice that the record does not explain.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutcomeKind } from '../../src/project/run.ts';
import type { Row } from '../../src/store/schema.ts';
import { invariants } from '../faults/invariants.ts';
import type { Journal } from './journal.ts';
import { claudesAmong, type Living, livingIn, RUN_ID, sessionOf } from './living.ts';
import { stepsOf, tagMark, workFile } from './model.ts';
import type { StoreView, Tables } from './store.ts';
import type { Tally, ViolationKind } from './tally.ts';
import type { World } from './world.ts';

export interface Watched {
  readonly seed: number;
  readonly world: World;
  readonly store: StoreView;
  readonly journal: Journal;
  readonly tally: Tally;
}

type Finding = readonly [ViolationKind, string];

export async function check(watched: Watched): Promise<void> {
  const { journal, store, tally, world } = watched;
  tally.checks += 1;
  const acknowledged = journal.plans.flatMap(({ projectId }) => projectId ?? []);
  const findings: Finding[] = [
    ...legality(world.home, acknowledged),
    ...journalInStore(journal, store.tables()),
    ...(await processes(watched)),
    ...(await work(watched)),
  ];
  for (const [kind, what] of findings) await tally.violated(kind, what);
}

function legality(home: string, sent: readonly string[]): Finding[] {
  try {
    invariants(home, { sent, witness: [] });
    return [];
  } catch (error) {
    const { actual } = error as { readonly actual?: unknown };
    const list = Array.isArray(actual) ? actual : [error];
    return list.map((what) => ['broken', String(what)]);
  }
}

/** What was acknowledged is there exactly once; what is there was intended. */
export function journalInStore(journal: Journal, tables: Tables): Finding[] {
  const idOf = new Map(journal.plans.map(({ tag, projectId }) => [tag, projectId]));
  const exactly = <T>(what: string, rows: readonly T[], acknowledged: boolean): Finding[] => {
    if (rows.length > 1) return [['doubled', `${what}: ${rows.length} times in the store`]];
    return rows.length === 0 && acknowledged ? [['lost', `${what}: acknowledged, and not in the store`]] : [];
  };
  const intended = new Set(journal.plans.map(({ requestId }) => requestId));
  const decided = (row: Row<'approvals'>) =>
    journal.decisions.some(
      ({ projectId, round, verdict, reason }) =>
        row.project_id === projectId &&
        row.round === round &&
        row.verdict === verdict &&
        row.reason === reason,
    );
  return [
    ...journal.plans.flatMap(({ tag, requestId, projectId }) => {
      const rows = tables.projects.filter(
        ({ request_id, title }) => request_id === requestId || title === `Soak ${tag}`,
      );
      const other = rows.find(({ id }) => projectId !== undefined && id !== projectId);
      const found = exactly(`plan ${tag}`, rows, projectId !== undefined);
      return other
        ? [...found, ['doubled', `plan ${tag}: sent as ${projectId}, and again as ${other.id}`] as const]
        : found;
    }),
    ...tables.projects
      .filter(({ request_id }) => !intended.has(request_id ?? ''))
      .map(({ id }): Finding => ['broken', `project ${id}: nobody sent it`]),
    ...journal.decisions.flatMap(({ projectId, round, verdict, acknowledged }) => {
      const rows = tables.approvals.filter((row) => row.project_id === projectId && row.round === round);
      return exactly(`decision ${verdict} on round ${round} of ${projectId}`, rows, acknowledged);
    }),
    ...tables.approvals
      .filter((row) => !decided(row))
      .map(
        (row): Finding => [
          'broken',
          `round ${row.round} of ${row.project_id}: nobody decided '${row.verdict}'`,
        ],
      ),
    ...journal.steerings.flatMap(({ text, acknowledged }) =>
      exactly(
        `message '${text}'`,
        tables.messages.filter(({ message }) => message === text),
        acknowledged,
      ),
    ),
    ...[...journal.cancelled].flatMap((id): Finding[] =>
      tables.projects.some((project) => project.id === id && project.status === 'cancelled')
        ? []
        : [['lost', `project ${id}: its cancellation was acknowledged`]],
    ),
    ...[...journal.updates].flatMap(([id, { text }]) =>
      exactly(
        `update '${text}' (${id})`,
        tables.updates.filter(({ request_id }) => request_id === id),
        true,
      ),
    ),
    ...tables.updates
      .filter(({ message }) => !journal.said.has(message))
      .map(({ id, message }): Finding => ['broken', `update ${id}: nobody said '${message}'`]),
    ...[...journal.completions.values()].flatMap(({ tag, round, text }) => {
      const rows = tables.completions.filter(
        (row) => row.project_id === idOf.get(tag) && row.round === round,
      );
      // A plan whose sending was never answered is worked on, and its id is not known here.
      return idOf.get(tag) === undefined ? [] : exactly(`completion '${text}'`, rows, true);
    }),
  ];
}

/** No two claude processes for one session or project, no process without its run, none after the end of its run. */
async function processes({ world, store }: Watched): Promise<Finding[]> {
  // In this order: a run that had ended before the look has no process in it, and one that is seen had its row before.
  const ended = new Set(store.runs().flatMap(({ id, ended_at }) => (ended_at === null ? [] : [id])));
  let living = await livingIn(world.root);
  const recorded = new Set(store.runs().map(({ id }) => id));
  const unknown = living.filter(({ run }) => run !== undefined && !recorded.has(run));
  const suspects = [...outlived(living, ended), ...shared(living)];
  if (suspects.length > 0) {
    // What was killed is gone a moment later; what is named in the log is known to be left.
    await delay(LEFTOVER_MS);
    living = await livingIn(world.root);
  }
  const confirmed = new Set([...outlived(living, ended), ...shared(living)]);
  return [
    ...unknown.map(
      (one): Finding => ['broken', `process ${one.identity.pid} of run ${one.run}, which has no row`],
    ),
    ...suspects.filter((what) => confirmed.has(what)).map((what): Finding => ['broken', what]),
  ];
}

const LEFTOVER_MS = 3_000;

function outlived(living: readonly Living[], ended: ReadonlySet<string>): string[] {
  return living.flatMap(({ identity, run, argv }) =>
    run !== undefined && ended.has(run)
      ? [`process ${identity.pid} of run ${run}, which has ended: ${argv.join(' ').slice(0, 100)}`]
      : [],
  );
}

/** Two processes at one look are two: a run's end is recorded when its process is gone, and only then the next begins. */
export function shared(living: readonly Living[]): string[] {
  const claudes = claudesAmong(living);
  const found: string[] = [];
  for (const [what, key] of [
    ['session', sessionOf],
    ['project', ({ project }: Living) => project],
  ] as const) {
    for (const [name, group] of Map.groupBy(claudes, key)) {
      if (name === undefined || group.length < 2) continue;
      const pids = group.map(({ identity, run }) => `${identity.pid} (run ${run})`).sort();
      found.push(`${what} ${name} has ${group.length} claude processes: ${pids.join(', ')}`);
    }
  }
  return found;
}

interface Line {
  readonly round: number;
  readonly step: string;
  readonly run: string;
}

/** Each step was done once, or again only after a run of which the record says that it was cut short. */
async function work({ seed, world, store, journal }: Watched): Promise<Finding[]> {
  const before = store.tables();
  const findings: Finding[] = [];
  for (const plan of journal.plans) {
    const project = before.projects.find(({ request_id }) => request_id === plan.requestId);
    if (!project) continue;
    const lines = await readWork(join(project.workspace, workFile(plan.tag)));
    const runs = store.runs().filter(({ project_id }) => project_id === project.id);
    findings.push(...explained(plan.tag, lines, runs));
    for (const { round } of before.completions.filter(({ project_id }) => project_id === project.id)) {
      for (const { kind, name } of stepsOf(seed, plan.tag, round)) {
        if (kind === 'write' && !lines.some((line) => line.round === round && line.step === name))
          findings.push(['lost', `${tagMark(plan.tag)}: round ${round} was submitted without ${name}`]);
      }
    }
  }
  findings.push(...(await runFilesHaveRows(world, store)));
  return findings;
}

/** After these the transcript may lack what was done last. */
const CUT_SHORT: readonly OutcomeKind[] = ['crashed', 'lost', 'interrupted', 'stalled', 'output_truncated'];

function explained(tag: string, lines: readonly Line[], runs: readonly Row<'runs'>[]): Finding[] {
  const findings: Finding[] = [];
  const order = new Map(runs.map(({ id }, index) => [id, index]));
  let newest = -1;
  for (const { run } of lines) {
    const at = order.get(run);
    if (at === undefined) findings.push(['broken', `${tag}: work of run ${run}, which is not there`]);
    else if (at < newest)
      findings.push(['doubled', `${tag}: run ${run} worked after a later run had begun to`]);
    newest = Math.max(newest, at ?? -1);
  }
  for (const [key, group] of Map.groupBy(lines, ({ round, step }) => `round ${round} ${step}`)) {
    group.forEach(({ run, round }, index) => {
      const row = runs.find(({ id }) => id === run);
      if (row && row.round !== round)
        findings.push(['broken', `${tag}: ${key} was done by run ${run} of round ${row.round}`]);
      if (index === group.length - 1) return;
      if (group[index + 1]?.run === run)
        findings.push(['doubled', `${tag}: ${key} was done twice by run ${run}`]);
      else if (!CUT_SHORT.includes(row?.outcome as OutcomeKind))
        findings.push([
          'doubled',
          `${tag}: ${key} was done again after run ${run}, which ended ${row?.outcome}`,
        ]);
    });
  }
  return findings;
}

async function readWork(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [round, step, run] = line.split(' ');
    return round && step && run ? [{ round: Number(round), step, run }] : [];
  });
}

async function runFilesHaveRows({ home }: World, store: StoreView): Promise<Finding[]> {
  const files = await readdir(join(home, 'runs')).catch(() => []);
  const recorded = new Set(store.runs().map(({ id }) => id));
  return files
    .map((name) => name.split('.')[0] ?? '')
    .filter((run) => RUN_ID.test(run) && !recorded.has(run))
    .map((run) => ['broken', `runs/ holds output of run ${run}, which has no row`]);
}
