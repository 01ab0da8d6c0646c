/** The workspaces against the store: no work was done twice that the record does not explain, and none is missing. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asRunId, type RunId } from '../../src/project/ids.ts';
import type { OutcomeKind } from '../../src/project/outcome.ts';
import type { Row } from '../../src/store/schema.ts';
import type { Finding, Watched } from './checks.ts';
import { RUN_ID } from './living.ts';
import { stepsOf, tagMark, workFile } from './model.ts';
import { awayPath } from './places.ts';
import type { StoreView, Tables } from './store.ts';
import type { World } from './world.ts';

interface Line {
  readonly round: number;
  readonly step: string;
  readonly run: RunId;
}

/**
 * Each step was done once, or again only after a run of which the record says that it was cut short. When a workspace is
 * taken away under a run, its shell goes on in Claude's home until it is stopped: what it does there counts as done.
 */
export async function work({ seed, world, store, journal }: Watched): Promise<Finding[]> {
  const before = store.tables();
  const findings: Finding[] = [];
  for (const plan of journal.plans) {
    const project = before.projects.find(({ request_id }) => request_id === plan.requestId);
    if (!project) continue;
    const lines = await readWork(join(folderOf(project, before), workFile(plan.tag)));
    const runs = store.runs().filter(({ project_id }) => project_id === project.id);
    findings.push(...explained(plan.tag, lines, runs));
    const done = [...lines, ...(await readWork(join(world.claudeHome, workFile(plan.tag))))];
    for (const { round } of before.completions.filter(({ project_id }) => project_id === project.id)) {
      for (const { kind, name } of stepsOf(seed, plan.tag, round)) {
        if (
          kind === 'write' &&
          !journal.bereavedProjects.has(project.id) &&
          !done.some((line) => line.round === round && line.step === name)
        )
          findings.push(['lost', `${tagMark(plan.tag)}: round ${round} was submitted without ${name}`]);
      }
    }
  }
  findings.push(...(await runFilesHaveRows(world, store)));
  return findings;
}

/** Where a project is worked on. */
export function folderOf(
  { id, workspace }: Row<'projects'>,
  { worktrees }: Pick<Tables, 'worktrees'>,
): string {
  return worktrees.find(({ project_id }) => project_id === id)?.path ?? workspace;
}

/** After these the transcript may lack what was done last. */
const CUT_SHORT: readonly OutcomeKind[] = [
  'crashed',
  'lost',
  'interrupted',
  'stalled',
  'output_truncated',
  'workspace_missing',
  // Claude looks at its budget while the calls of the message run, and ends without their results (seen in 2.1.329).
  'budget_spent',
];

/** Whether a run that ended like this may have done more than its transcript knows. */
export function wasCutShort(outcome: string | null | undefined): boolean {
  return CUT_SHORT.some((kind) => kind === outcome);
}

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
      else if (!wasCutShort(row?.outcome))
        findings.push([
          'doubled',
          `${tag}: ${key} was done again after run ${run}, which ended ${row?.outcome}`,
        ]);
    });
  }
  return findings;
}

async function readWork(file: string): Promise<Line[]> {
  const text = await readWherever(file);
  return text.split('\n').flatMap((line) => {
    const [round, step, run] = line.split(' ');
    return round && step && run ? [{ round: Number(round), step, run: asRunId(run) }] : [];
  });
}

/** The text of a file in a workspace, also while the workspace is away; empty when there is no such file. */
export async function readWherever(file: string): Promise<string> {
  const away = join(awayPath(dirname(file)), basename(file));
  // It may go or come back between two of these.
  for (const path of [file, away, file]) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return '';
}

async function runFilesHaveRows({ home }: World, store: StoreView): Promise<Finding[]> {
  const files = await readdir(join(home, 'runs')).catch(() => []);
  const recorded = new Set(store.runs().map(({ id }) => id));
  return files
    .map((name) => name.split('.')[0] ?? '')
    .filter((run) => RUN_ID.test(run) && !recorded.has(asRunId(run)))
    .map((run) => ['broken', `runs/ holds output of run ${run}, which has no row`]);
}
