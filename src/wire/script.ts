/** Runs of scripts for programs. */
import type { ScriptRun } from '../project/script.ts';
import type { WireScriptRun, WireShownScriptRun } from './schemas/script.ts';

export function toWireScriptRun(run: ScriptRun): WireScriptRun {
  return {
    id: run.id,
    script: run.script,
    args: [...run.args],
    cwd: run.cwd,
    timeout_ms: run.timeoutMs,
    run_id: run.runId,
    project_id: run.projectId,
    state: run.state,
    exit_code: run.exitCode,
    signal: run.signal,
    failure: run.failure,
    stdout_bytes: run.stdoutBytes,
    stderr_bytes: run.stderrBytes,
    cancel_asked_at: run.cancelAskedAt,
    cancel_reason: run.cancelReason,
    created_at: run.createdAt,
    ended_at: run.endedAt,
  };
}

export function toWireShownScriptRun(run: ScriptRun): WireShownScriptRun {
  return { ...toWireScriptRun(run), stdout: run.stdout, stderr: run.stderr };
}
