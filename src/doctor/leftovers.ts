/** What a crash can leave behind: processes of ended runs, half-written files, and secrets of ended runs. */

import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_MARK } from '../claude/environment.ts';
import { isLiving, supervisorOf } from '../control/supervisor-state.ts';
import { type MarkedProcess, processesMarked } from '../machine/marked.ts';
import { sweep } from '../machine/sweep.ts';
import { asRunId, LOCAL_MACHINE } from '../project/ids.ts';
import { plural } from '../project/text.ts';
import { parseRunFileName, plansFolder, runFiles, runsFolder, statusFolder } from '../state-folder.ts';
import { readLease } from '../store/lease.ts';
import { endedRuns, findRun } from '../store/runs.ts';
import { type CheckGroup, type FindingFacts, ok, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function leftoversGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'leftovers',
    title: 'Leftovers',
    checks: [
      { name: 'processes', subject: 'processes', run: () => leftoverProcesses(context) },
      { name: 'drafts', subject: 'half-written files', run: () => drafts(context) },
      { name: 'secrets', subject: 'files of ended runs', run: () => secrets(context) },
    ],
  };
}

const END = { hint: 'bridge-supervisor doctor --fix kills them.' };

async function leftoverProcesses(context: DoctorContext): Promise<FindingFacts[]> {
  const { read } = await context.store();
  const supervised = isLiving(await supervisorOf(await readLease(read, LOCAL_MACHINE), context.clock.now()));
  const byMark = Map.groupBy(await processesMarked(RUN_MARK), ({ value }) => value);
  const ended = new Set(
    (await endedRuns(read, LOCAL_MACHINE, [...byMark.keys()].map(asRunId))).map(({ id }) => id),
  );
  const found: FindingFacts[] = [];
  for (const [run, members] of byMark) {
    const isLoginCheck = run === `login:${context.stateDir}` && !supervised;
    const names = members.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
    if (ended.has(asRunId(run)) || isLoginCheck)
      found.push(
        warning(
          run,
          `Left over from ${isLoginCheck ? 'a login check' : `run ${run}, which has ended`}: ${names}.`,
          {
            ...END,
            fix: () => killAll(context, run, members),
          },
        ),
      );
    else if (!supervised && (await isOurs(context, run)))
      found.push(
        warning(run, `Run ${run} continues without a supervisor: ${names}.`, {
          hint: 'bridge-supervisor start adopts it.',
        }),
      );
  }
  return found.length > 0 ? found : [ok('processes', 'No processes of ended runs are left')];
}

/** Runs of other state folders are not ours to judge. */
async function isOurs(context: DoctorContext, run: string): Promise<boolean> {
  return (await findRun((await context.store()).read, asRunId(run))) !== undefined;
}

const GRACE_MS = 2_000;

async function killAll(
  { clock }: DoctorContext,
  run: string,
  members: readonly MarkedProcess[],
): Promise<string> {
  const [root] = members;
  if (!root) return 'The processes have ended meanwhile.';
  const left = await sweep({
    root,
    processTree: members,
    mark: { name: RUN_MARK, value: run },
    graceMs: GRACE_MS,
    clock,
  });
  if (left.length === 0) return `Killed ${plural(members.length, 'process', 'processes')} of run ${run}.`;
  throw new Error(`${left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')} could not be killed`);
}

/** A younger draft may still be in use. */
const MIN_DRAFT_AGE_MS = 3_600_000;
/** Drafts of atomic writes, also by older versions, and of copies of the database. */
const DRAFT = /\.(\d+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})\.tmp$|\.db\.part$/;

async function drafts({ stateDir, clock }: DoctorContext): Promise<FindingFacts> {
  const files: string[] = [];
  for (const folder of [stateDir, plansFolder(stateDir), statusFolder(stateDir)]) {
    const names = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => DRAFT.test(name)).map((name) => join(folder, name))) {
      const found = await lstat(file).catch(() => undefined);
      if (found?.isFile() && clock.now().getTime() - found.mtimeMs > MIN_DRAFT_AGE_MS) files.push(file);
    }
  }
  if (files.length === 0) return ok(stateDir, 'No half-written files are left');
  return warning(
    stateDir,
    `${plural(files.length, 'half-written file')} from a crash: ${files.slice(0, 3).join(', ')}.`,
    {
      hint: 'bridge-supervisor doctor --fix removes them.',
      async fix() {
        await Promise.all(files.map((file) => rm(file, { force: true })));
        return `Removed ${plural(files.length, 'half-written file')}.`;
      },
    },
  );
}

/** A run's MCP configuration may hold the owner's secrets; it is removed with the run, or by the next supervisor. */
async function secrets(context: DoctorContext): Promise<FindingFacts> {
  const { read } = await context.store();
  const folder = runsFolder(context.stateDir);
  const names = await readdir(folder).catch(() => []);
  const ours = names.map(parseRunFileName).filter((file) => file?.kind === 'secret');
  const ids = ours.flatMap((file) => (file ? asRunId(file.runId) : []));
  const files = (await endedRuns(read, LOCAL_MACHINE, ids)).map(
    ({ id }) => runFiles(context.stateDir, id).mcpConfig,
  );
  if (files.length === 0) return ok(folder, 'No secrets of ended runs are left');
  return warning(
    folder,
    `${plural(files.length, 'MCP configuration')} of ended runs is left and may hold secrets.`,
    {
      hint: 'bridge-supervisor doctor --fix removes them.',
      async fix() {
        await Promise.all(files.map((file) => rm(file, { force: true })));
        return `Removed ${plural(files.length, 'MCP configuration')} of ended runs.`;
      },
    },
  );
}
