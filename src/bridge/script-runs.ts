/**
 * What the record has of scripts that agents had run. Its promise: a run is written down before its process begins, it ends
 * once, and one whose end nobody saw is said to be indeterminate and never run again.
 */
import type { Happening } from '../project/event.ts';
import type { ProjectId, RunId } from '../project/ids.ts';
import {
  asScriptRunId,
  isScriptRunId,
  SCRIPT_LIMITS,
  type ScriptRun,
  type ScriptRunId,
  type ScriptState,
} from '../project/script.ts';
import { cleanLine, cleanText } from '../project/text.ts';
import { usedKeyText } from '../project/used-key.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Writer } from '../store/database.ts';
import { appendEvent } from '../store/events.ts';
import {
  deleteOldScriptRuns,
  findScriptRun,
  findScriptRunByKey,
  insertScriptRun,
  newestScriptRuns,
  runningScripts,
  type ScriptOwner,
  scriptRunIdsFrom,
  updateScriptRun,
} from '../store/script-runs.ts';
import { isStoreError, newRequestId } from './bridge.ts';
import { resolvePrefix } from './id-prefix.ts';
import { type Bridge, databaseOf } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';
import { untilFound } from './until-found.ts';

/** Who asks for a script: a run of the supervisor, or a session of a person. */
export interface ScriptAsker {
  readonly runId: RunId;
  readonly projectId: ProjectId;
}

export interface ScriptToBegin {
  readonly script: string;
  readonly args: readonly string[];
  /** As they are kept: without secrets. */
  readonly shownArgs: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  /** A repetition under the same key runs nothing more. */
  readonly key: string | undefined;
  /** Undefined: a session of a person. */
  readonly asker: ScriptAsker | undefined;
  readonly owner: ScriptOwner;
}

export interface BegunScript {
  readonly run: ScriptRun;
  /** It was begun before, under the same key. */
  readonly repeated: boolean;
}

/** The run that was begun under this key before, if any; refused where the key names another request. Throws StoreError. */
export async function earlierScript(
  bridge: Bridge,
  asked: Pick<ScriptToBegin, 'script' | 'args' | 'cwd' | 'key' | 'asker'>,
): Promise<Result<ScriptRun | undefined>> {
  if (asked.key === undefined) return ok(undefined);
  const earlier = await findScriptRunByKey(databaseOf(bridge).read, asked.key, asked.asker?.runId ?? null);
  if (earlier === undefined) return ok(undefined);
  return earlier.contentHash === requestHash(asked) ? ok(earlier.run) : refuse(usedKeyText('request'));
}

/** Writes a run down, before anything of it begins. Throws StoreError. */
export async function beginScript(bridge: Bridge, asked: ScriptToBegin): Promise<Result<BegunScript>> {
  const { script, shownArgs, cwd, timeoutMs, key, asker, owner } = asked;
  const id = asScriptRunId(newRequestId());
  return databaseOf(bridge).write<Result<BegunScript>>(async ({ trx, now }) => {
    const earlier = key === undefined ? undefined : await findScriptRunByKey(trx, key, asker?.runId ?? null);
    if (earlier)
      return earlier.contentHash === requestHash(asked)
        ? ok({ run: earlier.run, repeated: true })
        : refuse(usedKeyText('request'));
    const running = await runningScripts(trx, bridge.machineId);
    if (running.length >= SCRIPT_LIMITS.atOnce)
      return refuse(
        `${running.length} scripts run already, and no more than that run at once: nothing was started. Try again when one has ended.`,
      );
    const run = await insertScriptRun(trx, {
      id,
      script,
      args: JSON.stringify(shownArgs),
      cwd,
      timeout_ms: timeoutMs,
      run_id: asker?.runId ?? null,
      project_id: asker?.projectId ?? null,
      dedupe_key: key ?? null,
      content_hash: key === undefined ? null : requestHash(asked),
      state: 'running',
      machine_id: bridge.machineId,
      owner_pid: owner.pid,
      owner_started_at: owner.startedAt,
      created_at: now,
    });
    await append(trx, run, now, { type: 'script.started', data: { scriptRunId: id, script } });
    return ok({ run, repeated: false });
  });
}

/** What a key stands for. The timeout is none of it: whoever repeats a request may wait longer. */
function requestHash({ script, args, cwd }: Pick<ScriptToBegin, 'script' | 'args' | 'cwd'>): string {
  return hashOf(JSON.stringify([script, args, cwd]));
}

/** How a run ended. */
export interface ScriptEnd {
  readonly state: Exclude<ScriptState, 'running'>;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  readonly failure?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
}

/** Records how a run ended; the first end stands. Throws StoreError. */
export async function endScript(bridge: Bridge, id: ScriptRunId, end: ScriptEnd): Promise<ScriptRun> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const run = await findScriptRun(trx, id);
    if (!run) throw new Error(`script run ${id} is not there any more`);
    if (run.state !== 'running') return run;
    const { state, exitCode = null, signal = null, failure = null } = end;
    const ended = await updateScriptRun(trx, id, {
      state,
      exit_code: exitCode,
      signal,
      failure,
      stdout: end.stdout ?? '',
      stderr: end.stderr ?? '',
      stdout_bytes: end.stdoutBytes ?? 0,
      stderr_bytes: end.stderrBytes ?? 0,
      // Nothing was done under the key: the same request may be made again.
      ...(state === 'not_started' ? { dedupe_key: null, content_hash: null } : {}),
      ended_at: now,
    });
    const data = { scriptRunId: id, script: run.script, state, exitCode };
    await append(trx, run, now, { type: 'script.ended', data });
    return ended;
  });
}

async function append(
  trx: Writer,
  run: ScriptRun,
  now: string,
  happening: Happening<'script.started' | 'script.ended'>,
): Promise<void> {
  await appendEvent(trx, {
    ...happening,
    projectId: run.projectId,
    runId: run.runId,
    actor: run.runId === null ? 'desktop' : 'code',
    createdAt: now,
  });
}

/** Asks whoever runs it to end it; undefined: there is no such run. One that has ended stays as it is. Throws StoreError. */
export async function cancelScript(
  bridge: Bridge,
  id: ScriptRunId,
  reason: string,
): Promise<ScriptRun | undefined> {
  return databaseOf(bridge).write(async ({ trx, now }) => {
    const run = await findScriptRun(trx, id);
    if (run?.state !== 'running' || run.cancelAskedAt !== null) return run;
    const words = cleanLine(cleanText(reason)).slice(0, SCRIPT_LIMITS.reason);
    return updateScriptRun(trx, id, { cancel_asked_at: now, cancel_reason: words });
  });
}

/** One run; an id of the wrong form names none. Throws StoreError. */
export async function scriptRun(bridge: Bridge, id: string): Promise<ScriptRun | undefined> {
  return isScriptRunId(id) ? findScriptRun(databaseOf(bridge).read, id) : undefined;
}

/** The newest runs, the newest first. Throws StoreError. */
export async function scriptRuns(bridge: Bridge, limit: number): Promise<ScriptRun[]> {
  return newestScriptRuns(databaseOf(bridge).read, limit);
}

/** The one run that `text`, an id or its first characters, names. Throws StoreError. */
export async function namedScriptRun(bridge: Bridge, text: string): Promise<Result<ScriptRun>> {
  const db = databaseOf(bridge).read;
  const unknown = (given: string) => `script run not found: ${cleanLine(given.slice(0, 100))}`;
  const id = await resolvePrefix(text, {
    things: 'script runs',
    unknown,
    find: (prefix, limit) => scriptRunIdsFrom(db, prefix, limit),
  });
  if (!id.ok) return id;
  const run = await findScriptRun(db, id.value);
  return run ? ok(run) : refuse(unknown(text));
}

/** Those that the record has as under way on this machine, with the process that runs each. Throws StoreError. */
export async function scriptsUnderWay(bridge: Bridge) {
  return runningScripts(databaseOf(bridge).read, bridge.machineId);
}

/** The run, as soon as `isAwaited` holds of it, after `waitMs`, or when `signal` aborts. Throws StoreError. */
export async function awaitScript(
  bridge: Bridge,
  id: ScriptRunId,
  isAwaited: (run: ScriptRun) => boolean,
  limits: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<ScriptRun | undefined> {
  const read = () => findScriptRun(databaseOf(bridge).read, id);
  return untilFound(bridge, read, (run) => run === undefined || isAwaited(run), limits);
}

const DAY_MS = 86_400_000;

/** Deletes the record of runs beyond what is kept; 0 days: of any age. Throws StoreError. */
export async function tidyScriptRuns(bridge: Bridge, keepDays: number): Promise<number> {
  const before =
    keepDays > 0 ? new Date(bridge.clock.now().getTime() - keepDays * DAY_MS).toISOString() : null;
  return databaseOf(bridge).write(({ trx }) => deleteOldScriptRuns(trx, before, SCRIPT_LIMITS.keptRuns));
}

const TIME_BETWEEN_MS = 3_600_000;

/**
 * A function to be called before each run: at the first, and then once an hour, it tidies the record. A failure is left to
 * the next time.
 */
export function scriptUpkeep(bridge: Bridge): (keepDays: number) => Promise<void> {
  let at = Number.NEGATIVE_INFINITY;
  return async (keepDays) => {
    const now = bridge.clock.monotonic();
    if (now - at < TIME_BETWEEN_MS) return;
    at = now;
    try {
      await tidyScriptRuns(bridge, keepDays);
    } catch (error) {
      if (!isStoreError(error)) throw error;
    }
  };
}
