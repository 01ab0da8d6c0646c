/** What a crash can leave: processes of runs that have ended, half-written files, and secrets of ended runs. */

import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_MARK } from '../claude/environment.ts';
import { isLiving, supervisorOf } from '../control/supervisor-state.ts';
import { type MarkedProcess, processesMarked } from '../machine/marked.ts';
import { sweep } from '../machine/sweep.ts';
import { parseRunFileName, plansFolder, runFiles, runsFolder, statusFolder } from '../state-folder.ts';
import { readLease } from '../store/lease.ts';
import { endedRuns, findRun } from '../store/runs.ts';
import type { Patient } from './context.ts';
import type { Group } from './doctor.ts';
import { type Observation, ok, warning } from './finding.ts';
import { counted } from './measure.ts';

export function remainsGroup(patient: Patient): Group {
  return {
    name: 'leftovers',
    title: 'Leftovers',
    checks: [
      { name: 'processes', subject: 'processes', look: () => leftProcesses(patient) },
      { name: 'drafts', subject: 'half-written files', look: () => drafts(patient) },
      { name: 'secrets', subject: 'files of ended runs', look: () => secrets(patient) },
    ],
  };
}

const END = { fix: 'bridge-supervisor doctor --fix ends them.' };

async function leftProcesses(patient: Patient): Promise<Observation[]> {
  const { read } = await patient.store();
  const supervised = isLiving(await supervisorOf(await readLease(read), patient.clock.now()));
  const byMark = Map.groupBy(await processesMarked(RUN_MARK), ({ value }) => value);
  const ended = new Set((await endedRuns(read, [...byMark.keys()])).map(({ id }) => id));
  const found: Observation[] = [];
  for (const [run, members] of byMark) {
    const ofLogin = run === `login:${patient.home}` && !supervised;
    const names = members.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
    if (ended.has(run) || ofLogin)
      found.push(
        warning(run, `Left of ${ofLogin ? 'a login check' : `run ${run}, which has ended`}: ${names}.`, {
          ...END,
          mend: () => endAll(patient, run, members),
        }),
      );
    else if (!supervised && (await isOfOurs(patient, run)))
      found.push(
        warning(run, `Run ${run} goes on without a supervisor: ${names}.`, {
          fix: 'bridge-supervisor start takes it over.',
        }),
      );
  }
  return found.length > 0 ? found : [ok('processes', 'No process is left of a run that has ended')];
}

/** Several state folders may have runs at the same time: those of others are not ours to judge. */
async function isOfOurs(patient: Patient, run: string): Promise<boolean> {
  return (await findRun((await patient.store()).read, run)) !== undefined;
}

const GRACE_MS = 2_000;

async function endAll({ clock }: Patient, run: string, members: readonly MarkedProcess[]): Promise<string> {
  const [root] = members;
  if (!root) return 'Nothing was left any more.';
  const left = await sweep({
    root,
    family: members,
    mark: { name: RUN_MARK, value: run },
    graceMs: GRACE_MS,
    clock,
  });
  if (left.length === 0) return `Ended ${counted(members.length, 'process', 'processes')} of run ${run}.`;
  throw new Error(`${left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')} could not be ended`);
}

/** What is younger may be on its way. */
const STALE_MS = 3_600_000;
/** Of atomic writes, also those of former versions, and of a copy of the database. */
const DRAFT = /\.(\d+|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})\.tmp$|\.db\.part$/;

async function drafts({ home, clock }: Patient): Promise<Observation> {
  const files: string[] = [];
  for (const folder of [home, plansFolder(home), statusFolder(home)]) {
    const names = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => DRAFT.test(name)).map((name) => join(folder, name))) {
      const found = await lstat(file).catch(() => undefined);
      if (found?.isFile() && clock.now().getTime() - found.mtimeMs > STALE_MS) files.push(file);
    }
  }
  if (files.length === 0) return ok(home, 'No half-written file is left');
  return warning(
    home,
    `${counted(files.length, 'half-written file')} from a crash: ${files.slice(0, 3).join(', ')}.`,
    {
      fix: 'bridge-supervisor doctor --fix removes them.',
      async mend() {
        await Promise.all(files.map((file) => rm(file, { force: true })));
        return `Removed ${counted(files.length, 'half-written file')}.`;
      },
    },
  );
}

/** A run's MCP configuration, with the owner's secrets in it, goes with the run; the next supervisor removes one too. */
async function secrets(patient: Patient): Promise<Observation> {
  const { read } = await patient.store();
  const folder = runsFolder(patient.home);
  const names = await readdir(folder).catch(() => []);
  const ours = names.map(parseRunFileName).filter((file) => file?.kind === 'secret');
  const ids = ours.flatMap((file) => file?.runId ?? []);
  const files = (await endedRuns(read, ids)).map(({ id }) => runFiles(patient.home, id).mcpConfig);
  if (files.length === 0) return ok(folder, 'No secrets of an ended run are left');
  return warning(
    folder,
    `${counted(files.length, 'MCP configuration')} of ended runs, maybe with secrets, is left.`,
    {
      fix: 'bridge-supervisor doctor --fix removes them.',
      async mend() {
        await Promise.all(files.map((file) => rm(file, { force: true })));
        return `Removed ${counted(files.length, 'MCP configuration')} of ended runs.`;
      },
    },
  );
}
