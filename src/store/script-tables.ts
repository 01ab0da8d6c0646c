/** The tables of scripts and escalations, as Kysely sees them. */
import type { Generated } from 'kysely';
import type { EscalationScope } from '../project/escalation.ts';
import type { MachineId, ProjectId, RunId } from '../project/ids.ts';
import type { ScriptRunId, ScriptState } from '../project/script.ts';

export interface ScriptTables {
  /** Scripts of the owner that an agent had run. */
  script_runs: {
    /** Their order. */
    number: Generated<number>;
    id: ScriptRunId;
    script: string;
    /** A list as JSON, without secrets. */
    args: string;
    cwd: string;
    timeout_ms: number;
    /** The run of the supervisor that asked; null: a session of a person. */
    run_id: RunId | null;
    project_id: ProjectId | null;
    dedupe_key: string | null;
    /** SHA-256 of the request, in hex; null without a key. */
    content_hash: string | null;
    state: ScriptState;
    exit_code: Generated<number | null>;
    signal: Generated<string | null>;
    /** Why it did not start. */
    failure: Generated<string | null>;
    /** The last part of each stream, without secrets. */
    stdout: Generated<string>;
    stderr: Generated<string>;
    /** How much was printed. */
    stdout_bytes: Generated<number>;
    stderr_bytes: Generated<number>;
    machine_id: MachineId;
    /** The process that runs it. */
    owner_pid: number;
    owner_started_at: string;
    cancel_asked_at: Generated<string | null>;
    cancel_reason: Generated<string | null>;
    created_at: string;
    ended_at: Generated<string | null>;
  };
  /** Projects whose completion is the answer to an agent. */
  escalations: {
    project_id: ProjectId;
    dedupe_key: string | null;
    /** SHA-256 of the request, in hex. */
    content_hash: string;
    permission_scope: EscalationScope;
    /** 1: a person decides on its work first. */
    needs_approval: 0 | 1;
    created_at: string;
  };
}
