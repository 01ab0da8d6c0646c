/**
 * Runs a script of the owner for an agent. Its promise: only what the owner lists runs, with its arguments as they are; it is
 * in the record before it begins; and it ends with everything it has started, at its timeout at the latest.
 */
import { type Bridge, isTransientStoreError } from '../bridge/bridge.ts';
import { projectDetails } from '../bridge/queries.ts';
import {
  awaitScript,
  beginScript,
  earlierScript,
  endScript,
  type ScriptAsker,
  type ScriptEnd,
} from '../bridge/script-runs.ts';
import { chooseWorkspace, isInside, isPath, realPath, type WorkspacePolicy } from '../bridge/workspaces.ts';
import type { ScriptSettings } from '../config-scripts.ts';
import type { Environment } from '../environment.ts';
import { commandEnvironment } from '../evidence/command-environment.ts';
import { absolutePath } from '../home-path.ts';
import { identify } from '../machine/identity.ts';
import { scriptCommand } from '../machine/interpreter.ts';
import { runToEnd } from '../machine/run-to-end.ts';
import { spawnProgram } from '../machine/shell.ts';
import { asProjectId } from '../project/ids.ts';
import { SCRIPT_MARK, type ScriptRun, type ScriptRunId, scriptArgumentsProblem } from '../project/script.ts';
import { redact, secretValues } from '../redaction.ts';
import { ok, type Result, refuse } from '../result.ts';
import { type FoundScript, findScript } from './catalog.ts';
import { OutputTail } from './output-tail.ts';
import { settleScripts } from './settle-scripts.ts';

/** The part of the configuration that says what may run, and where. */
export interface ScriptPolicy extends WorkspacePolicy {
  readonly scripts: ScriptSettings;
}

export interface ScriptRequest {
  /** As a client names it. */
  readonly script: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** The name of a workspace, or a path inside an allowed folder; undefined: the scripts folder, or that of the run. */
  readonly cwd: string | undefined;
  /** A repetition under the same key runs nothing more. */
  readonly key: string | undefined;
  /** The run of the supervisor that asks; undefined: a session of a person. */
  readonly asker: ScriptAsker | undefined;
}

export interface StartedScript {
  readonly run: ScriptRun;
  /** It was begun before, under the same key; nothing was started. */
  readonly repeated: boolean;
  /** Its end; undefined where this process does not run it. Rejects with StoreError when the end cannot be recorded. */
  readonly finished: Promise<ScriptRun> | undefined;
}

/**
 * Starts a script, and returns while it runs. Refuses, starting nothing, what the owner does not allow. Throws StoreError.
 *
 * @param stopping Ends it: whoever it is for is gone.
 */
export async function startScript(
  bridge: Bridge,
  policy: ScriptPolicy,
  env: Environment,
  request: ScriptRequest,
  stopping: AbortSignal,
): Promise<Result<StartedScript>> {
  await settleScripts(bridge);
  const { script, args, asker, key } = request;
  const settings = policy.scripts;
  const problem = scriptArgumentsProblem(args);
  if (problem !== undefined) return refuse(`${problem}; nothing was started.`);
  const found = await findScript(settings, asker !== undefined, script);
  if (!found.ok) return found;
  const cwd = await folderFor(bridge, policy, found.value, request);
  if (!cwd.ok) return cwd;
  const asked = { script: found.value.name, args, cwd: cwd.value, key, asker };
  const earlier = await earlierScript(bridge, asked);
  if (!earlier.ok) return earlier;
  if (earlier.value) return ok({ run: earlier.value, repeated: true, finished: undefined });
  const command = scriptCommand(found.value.file, env.PATH ?? env.Path);
  if (command === undefined)
    return refuse(
      'the script is neither executable (chmod +x) nor of a kind that a program here runs (.sh, .py, .js, .mjs, .ps1); nothing was started.',
    );
  const owner = await identify(process.pid);
  if (owner === undefined) return refuse('this process does not find itself; nothing was started.');
  const timeoutMs = Math.min(request.timeoutMs, settings.timeout);
  const secrets = secretValues(env);
  const shownArgs = args.map((arg) => redact(arg));
  const begun = await beginScript(bridge, { ...asked, shownArgs, timeoutMs, owner });
  if (!begun.ok) return begun;
  const { run, repeated } = begun.value;
  if (repeated) return ok({ run, repeated, finished: undefined });
  const given = {
    ...commandEnvironment(env, settings.env_deny),
    ...(asker && { BRIDGE_RUN_ID: asker.runId, BRIDGE_PROJECT_ID: asker.projectId }),
    [SCRIPT_MARK]: run.id,
  };
  const start = { command: command.command, args: [...command.args, ...args], cwd: cwd.value, env: given };
  const finished = runAndRecord(bridge, run, start, secrets, stopping);
  // Whoever waits for it hears of a failure; nobody else has to.
  finished.catch(() => undefined);
  return ok({ run, repeated, finished });
}

/** Where it works: the folder of the run that asks; the folder that is named; or else the scripts folder. */
async function folderFor(
  bridge: Bridge,
  policy: ScriptPolicy,
  { folder }: FoundScript,
  { cwd, asker }: ScriptRequest,
): Promise<Result<string>> {
  if (asker !== undefined) {
    if (cwd !== undefined) return refuse("a run's scripts work in its own folder: leave cwd out.");
    const details = await projectDetails(bridge, asker.projectId);
    return details.ok ? ok(details.value.worktree?.path ?? details.value.project.workspace) : details;
  }
  if (cwd === undefined) return ok(folder);
  const path = realPath(absolutePath(cwd));
  if (isPath(cwd) && isInside(folder, path)) return ok(path);
  // No project is made: its id names nothing.
  return chooseWorkspace(policy, bridge.stateDir, asProjectId(''), cwd);
}

interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
}

async function runAndRecord(
  bridge: Bridge,
  run: ScriptRun,
  start: Start,
  secrets: readonly string[],
  stopping: AbortSignal,
): Promise<ScriptRun> {
  const end = await runStarted(bridge, run, start, secrets, stopping);
  return recordEnd(bridge, run.id, end);
}

async function runStarted(
  bridge: Bridge,
  { id, timeoutMs }: ScriptRun,
  { command, args, ...options }: Start,
  secrets: readonly string[],
  stopping: AbortSignal,
): Promise<ScriptEnd> {
  const ended = new AbortController();
  const cancelled = new AbortController();
  const watching = awaitScript(bridge, id, ({ cancelAskedAt }) => cancelAskedAt !== null, {
    waitMs: timeoutMs,
    signal: ended.signal,
  }).then(
    (found) => {
      if (found === undefined || found.cancelAskedAt !== null) cancelled.abort();
    },
    // The store fails: its timeout ends the script.
    () => undefined,
  );
  try {
    const child = await spawnProgram(command, args, options);
    if (child.kind === 'spawn-failed') return { state: 'not_started', failure: child.message };
    const stdout = new OutputTail();
    const stderr = new OutputTail();
    const taken = Promise.all([stdout.take(child.output[0]), stderr.take(child.output[1])]);
    const over = AbortSignal.any([cancelled.signal, stopping]);
    // What it has left is ended after it: a wish to end it that comes meanwhile comes too late.
    let isCancelled = over.aborted;
    const onCancel = () => {
      isCancelled = true;
    };
    over.addEventListener('abort', onCancel);
    void child.exited.then(() => over.removeEventListener('abort', onCancel));
    const { exit, timedOut } = await runToEnd(child, taken, {
      mark: { name: SCRIPT_MARK, value: id },
      clock: bridge.clock,
      timeoutMs,
      signal: over,
    });
    return {
      state: timedOut ? 'timed_out' : isCancelled ? 'cancelled' : 'ended',
      exitCode: timedOut || isCancelled ? null : exit.code,
      signal: exit.signal,
      stdout: stdout.text(secrets),
      stderr: stderr.text(secrets),
      stdoutBytes: stdout.bytes,
      stderrBytes: stderr.bytes,
    };
  } catch (error) {
    return { state: 'indeterminate', failure: (error as Error).message };
  } finally {
    ended.abort();
    await watching;
  }
}

const RECORD_TRIES = 10;
const RECORD_PAUSE_MS = 1_000;

/** A store that is locked or full for a moment does not lose how a script ended. */
async function recordEnd(bridge: Bridge, id: ScriptRunId, end: ScriptEnd): Promise<ScriptRun> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await endScript(bridge, id, end);
    } catch (error) {
      if (!isTransientStoreError(error) || tries >= RECORD_TRIES) throw error;
      await bridge.clock.sleep(RECORD_PAUSE_MS);
    }
  }
}
