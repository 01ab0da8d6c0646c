/**
 * Ends what a run leaves behind, and names what could not be ended. Four ways lead to what a run started: its control
 * group, if it has one; its process group; the tree below it, remembered while it lived; and a mark in the environment,
 * which every process inherits, also in another session or without a parent. What none of them reaches is not touched.
 */
import type { Clock } from '../clock.ts';
import { pidsInControlGroup } from './control-group.ts';
import { isSame, type ProcessIdentity } from './identity.ts';
import { isWindows } from './platform.ts';
import type { ProcessRow } from './process-reader.ts';
import { processes } from './processes.ts';
import { killProcess, signalProcess } from './signal.ts';
import { ancestorsOf, below, living, livingSince, toIdentity } from './tree.ts';

export interface EnvironmentMark {
  name: string;
  value: string;
}

interface SweepOptions {
  /** The process that led the run. If it still lives, it is ended too. */
  root: ProcessIdentity;
  mark: EnvironmentMark;
  /** Nothing older than `root` belongs to the run, so that fewer processes and environments are read. */
  isMarkOfRoot?: boolean;
  /** `child.processTree()` or `processTree(root)`, taken while the root lived: reaches what dropped its environment. */
  processTree?: readonly ProcessIdentity[];
  /** The name of a control group that holds the run and nothing else, if there is one. */
  controlGroup?: string;
  /** How long SIGTERM may take before SIGKILL, in milliseconds. */
  graceMs: number;
  clock: Clock;
  /** Pids that are never ended, whatever their environment. */
  spare?: readonly number[];
  /** Called before any process is ended. What it throws is rethrown, and nothing more happens. */
  permit?: () => Promise<void>;
}

export interface Leftover {
  pid: number;
  name: string;
}

/**
 * Ends everything that is left of a run and returns what could not be ended. Never ends this process, its ancestors, or
 * another process with a reused pid.
 */
export async function sweep(options: SweepOptions): Promise<Leftover[]> {
  const { clock, graceMs, permit = async () => undefined } = options;
  let known = [options.root, ...(options.processTree ?? [])];
  let found = await find(options, known);

  if (found.length > 0) await permit();
  await Promise.all(found.map((row) => (isWindows ? killProcess(row) : signalProcess(row, 'SIGTERM'))));
  await gone(found, graceMs, clock);

  // A process may start more while it ends, and shows no environment for a moment while its program is loaded. So this
  // is over when two scans in a row find nothing, or only what could not be killed.
  const killed: ProcessIdentity[] = [];
  for (let look = 0, empty = 0; look < MAX_SCANS && empty < 2; look++) {
    known = [...known, ...found.map(toIdentity)];
    found = await find(options, known);
    const fresh = found.filter((row) => !killed.some((one) => isSame(one, row)));
    empty = fresh.length === 0 ? empty + 1 : 0;
    killed.push(...fresh);
    if (fresh.length > 0) await permit();
    await Promise.all(fresh.map(killProcess));
    await (fresh.length > 0 ? gone(fresh, KILL_GRACE_MS, clock) : clock.sleep(processes.pollMs));
  }
  return found.map(({ pid, name }) => ({ pid, name }));
}

/** A bound for processes that start themselves again and again. */
const MAX_SCANS = 10;
/** The kernel ends a killed process immediately unless it waits for a device. */
const KILL_GRACE_MS = 1_000;

/**
 * Every living process whose environment held NAME=value at its start. None on Windows, which shows no environments.
 */
export async function findMarked(name: string, value: string): Promise<ProcessIdentity[]> {
  const [pids, rows] = await Promise.all([processes.marked(name, value), living()]);
  return rows.filter((row) => pids.includes(row.pid)).map(toIdentity);
}

/** Cheaper: few processes are younger than a run, and each environment is a file to read. */
async function findMarkedSince(root: ProcessIdentity, mark: EnvironmentMark): Promise<ProcessIdentity[]> {
  const rows = await livingSince(root);
  const pids = await processes.marked(
    mark.name,
    mark.value,
    rows.map(({ pid }) => pid),
  );
  return rows.filter((row) => pids.includes(row.pid)).map(toIdentity);
}

async function find(
  { root, mark, isMarkOfRoot = false, controlGroup, spare = [] }: SweepOptions,
  known: readonly ProcessIdentity[],
): Promise<ProcessRow[]> {
  const marked = isMarkOfRoot ? await findMarkedSince(root, mark) : await findMarked(mark.name, mark.value);
  const rows = await (isMarkOfRoot ? livingSince(root) : living());
  // Read after the rows: a pid that was reused in between has another start time, and is not touched.
  const inGroup = controlGroup === undefined ? [] : await pidsInControlGroup(controlGroup);
  const sure = rows.filter(
    (row) => inGroup.includes(row.pid) || [...known, ...marked].some((one) => isSame(one, row)),
  );
  // A group keeps its number while it has members: one sure member proves that the group is still the run's.
  const group = sure.some((row) => row.group === root.pid)
    ? rows.filter((row) => row.group === root.pid)
    : [];
  const ours = new Set([...sure, ...group]);
  for (const row of below(new Set([...ours].map(({ pid }) => pid)), rows)) ours.add(row);
  // A mistake here must never end this process or one above it.
  const untouchable = new Set([...spare, ...ancestorsOf(process.pid, rows)]);
  return [...ours].filter((row) => row.pid > 1 && !untouchable.has(row.pid));
}

async function gone(targets: readonly ProcessIdentity[], ms: number, clock: Clock): Promise<void> {
  if (targets.length === 0) return;
  const end = clock.monotonic() + ms;
  for (;;) {
    const rows = await living();
    const left = end - clock.monotonic();
    if (left <= 0 || !targets.some((target) => rows.some((row) => isSame(row, target)))) return;
    await clock.sleep(Math.min(left, processes.pollMs));
  }
}
