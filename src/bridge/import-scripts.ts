/**
 * Takes the record of another bridge of scripts over. Nothing of it is run: what waited there is said not to have been
 * started. What is here already stays as it is, so doing it again adds only what is new.
 */
import { asScriptRunId, type ScriptRun } from '../project/script.ts';
import { findScriptRun, insertScriptRun } from '../store/script-runs.ts';
import { perform } from './importing.ts';
import type { Bridge } from './open-bridge.ts';
import { hashOf } from './send-to-channel.ts';

/** A run of a script as another bridge has it, cleaned and without secrets. */
export interface ForeignScriptRun
  extends Pick<ScriptRun, 'script' | 'args' | 'exitCode' | 'failure' | 'cancelReason' | 'stdout' | 'stderr'>,
    Pick<ScriptRun, 'stdoutBytes' | 'stderrBytes'> {
  readonly foreignId: string;
  readonly state: Exclude<ScriptRun['state'], 'running'>;
  /** Null: unknown. */
  readonly createdAt: string | null;
  readonly endedAt: string | null;
}

export interface ScriptImport {
  readonly runs: number;
  /** Of these, added now, or to be added. */
  readonly added: number;
  /** Of these, older than is kept. */
  readonly tooOld: number;
}

const DAY_MS = 86_400_000;

/**
 * Imports what is not here. Throws StoreError.
 *
 * @param cwd Where they ran, as far as is known.
 * @param keepDays What ended longer ago is left out; 0: nothing is.
 * @param isDry Only counts.
 */
export async function importScripts(
  bridge: Bridge,
  runs: readonly ForeignScriptRun[],
  cwd: string,
  keepDays: number,
  isDry: boolean,
): Promise<ScriptImport> {
  const oldest = keepDays > 0 ? bridge.clock.now().getTime() - keepDays * DAY_MS : 0;
  return perform(bridge, isDry, async ({ trx, now }) => {
    let added = 0;
    let tooOld = 0;
    for (const foreign of runs) {
      const { foreignId, createdAt, endedAt, args, exitCode, stdoutBytes, stderrBytes, ...same } = foreign;
      if (Date.parse(endedAt ?? now) < oldest) {
        tooOld += 1;
        continue;
      }
      const id = asScriptRunId(hashOf(JSON.stringify(['cowork', foreignId, createdAt])).slice(0, 12));
      if (await findScriptRun(trx, id)) continue;
      await insertScriptRun(trx, {
        id,
        script: same.script,
        args: JSON.stringify(args),
        cwd,
        timeout_ms: 0,
        run_id: null,
        project_id: null,
        dedupe_key: null,
        content_hash: null,
        state: same.state,
        exit_code: exitCode,
        failure: same.failure,
        stdout: same.stdout,
        stderr: same.stderr,
        stdout_bytes: stdoutBytes,
        stderr_bytes: stderrBytes,
        machine_id: bridge.machineId,
        owner_pid: 0,
        owner_started_at: '',
        cancel_reason: same.cancelReason,
        created_at: createdAt ?? now,
        ended_at: endedAt ?? now,
      });
      added += 1;
    }
    return { runs: runs.length, added, tooOld };
  });
}
