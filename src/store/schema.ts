/** The tables, as Kysely sees them. Times are ISO 8601 UTC text; JSON columns are text. */
import type { Generated, Insertable, Selectable } from 'kysely';
import type { Role } from '../project/credential.ts';
import type { HoldKind, HoldSource, HoldSubject } from '../project/hold.ts';
import type { LeaseToken, MachineId, ProjectId, RequestId, RunId, ScheduleId } from '../project/ids.ts';
import type { Claimant, ProjectStatus } from '../project/project.ts';
import type { PermissionScope, RequestKind, RequestState } from '../project/request.ts';
import type { DecidedVia, Verdict } from '../project/review.ts';
import type { ReviseIn } from '../project/revision.ts';
import type { CostBasis, RunKind } from '../project/run.ts';
import type { ScheduleState } from '../project/schedule.ts';
import type { ChannelTables } from './channel-tables.ts';
import type { GitTables } from './git-tables.ts';
import type { GraphTables } from './graph-tables.ts';
import type { MemoryTables } from './memory-tables.ts';
import type { NotificationTables } from './notification-tables.ts';
import type { ScriptTables } from './script-tables.ts';
import type { SettingColumns } from './setting-columns.ts';

export interface Tables
  extends ChannelTables,
    GitTables,
    GraphTables,
    MemoryTables,
    NotificationTables,
    ScriptTables {
  projects: SettingColumns & {
    id: ProjectId;
    title: string;
    status: ProjectStatus;
    workspace: string;
    /** What the plan asked for: the name of a workspace or a path; null: nothing. */
    place: string | null;
    claimed_by: Claimant | null;
    /** The run under way. */
    run_id: Generated<RunId | null>;
    session_id: string | null;
    round: number;
    /** Consecutive runs that ended with a retry policy. */
    tries: number;
    not_before: string | null;
    attention: string | null;
    /** The status in which it was parked. */
    attention_from: Generated<ProjectStatus | null>;
    expires_at: Generated<string | null>;
    /** What made it, and which slot of that; null: a person sent it, or had it run. */
    schedule_id: Generated<ScheduleId | null>;
    slot: Generated<string | null>;
    /** The round whose outline was approved. */
    outline_round: Generated<number | null>;
    request_id: string | null;
    created_at: string;
    updated_at: string;
  };
  schedules: {
    id: ScheduleId;
    title: string;
    markdown: string;
    place: string | null;
    cron: string;
    timezone: string;
    state: ScheduleState;
    problem: string | null;
    /** The newest slot that was taken up or passed over, or when it began to count. */
    last_slot: string;
    request_id: string | null;
    created_at: string;
  };
  /** What must be complete before a project begins. */
  dependencies: { project_id: ProjectId; depends_on: ProjectId };
  plans: {
    project_id: ProjectId;
    revision: number;
    markdown: string;
    /** Null: as it was sent. */
    amended_by: Generated<string | null>;
    request_id: Generated<string | null>;
    created_at: string;
  };
  updates: {
    id: Generated<number>;
    project_id: ProjectId;
    run_id: RunId | null;
    message: string;
    request_id: string | null;
    created_at: string;
  };
  completions: {
    id: Generated<number>;
    project_id: ProjectId;
    round: number;
    /** 1, and one more for each repair. */
    attempt: number;
    run_id: RunId | null;
    files_created: string;
    files_modified: string;
    summary: string;
    caveats: string;
    request_id: string | null;
    created_at: string;
  };
  approvals: {
    id: Generated<number>;
    project_id: ProjectId;
    round: number;
    verdict: Verdict;
    reason: string;
    /** In which session it is to go on; null: as configured. */
    revise_in: Generated<ReviseIn | null>;
    /** Rules that were allowed with it, as JSON; null: none. */
    allowed: Generated<string | null>;
    /** Of the evidence that counted. */
    tree: Generated<string | null>;
    base_oid: Generated<string | null>;
    evidence_id: Generated<number | null>;
    /** 1: whoever decided named the tree, or had been shown it. */
    bound: Generated<0 | 1>;
    decided_by: string;
    decided_via: DecidedVia;
    created_at: string;
  };
  evidence: {
    id: Generated<number>;
    project_id: ProjectId;
    round: number;
    /** The newest counts. */
    attempt: number;
    run_id: RunId | null;
    base_oid: string | null;
    tree: string | null;
    commit_oid: string | null;
    /** Null: there are no checks. */
    checks_passed: 0 | 1 | null;
    /** The document. */
    data: string;
    created_at: string;
  };
  messages: {
    /** Their order. */
    number: Generated<number>;
    id: string;
    project_id: ProjectId;
    message: string;
    request_id: string | null;
    /** The run whose prompt contains it, or that took it in. */
    run_id: RunId | null;
    created_at: string;
    delivered_at: string | null;
    /** The run that it was written to, and that has not taken it in yet. */
    sent_to: Generated<RunId | null>;
    /** The revision of the plan that it tells of; null: it is words of a person. */
    plan_revision: Generated<number | null>;
  };
  requests: {
    id: RequestId;
    project_id: ProjectId;
    run_id: RunId;
    kind: RequestKind;
    tool_use_id: string;
    tool_name: string;
    /** As it came. */
    input: string;
    /** Of its canonical form and the name of the tool. */
    input_hash: string;
    agent_id: string | null;
    question: string;
    /** A list as JSON. */
    options: string;
    default_answer: string | null;
    deadline: string | null;
    state: RequestState;
    scope: PermissionScope | null;
    answer: string | null;
    decided_by: string | null;
    decided_via: DecidedVia | null;
    created_at: string;
    deferred_at: string | null;
    decided_at: string | null;
    told_at: string | null;
    /** When the run ended that was let make the call and shows no result. */
    cut_off_at: string | null;
    /** The request of an equal call that was cut off before. */
    repeats: RequestId | null;
  };
  runs: {
    /** Gives the order, since clocks can be set back. */
    number: Generated<number>;
    id: RunId;
    project_id: ProjectId;
    machine_id: MachineId;
    account: string;
    kind: RunKind;
    round: number;
    workspace: string;
    session_id: string;
    /** JSON: why it is in this session. */
    revision: Generated<string | null>;
    /** The newest that it was told of. */
    plan_revision: Generated<number>;
    model: string | null;
    model_used: string | null;
    pid: number | null;
    pid_started_at: string | null;
    /** The identity of the folder that Claude was started in. */
    workspace_identity: string | null;
    claude_version: string | null;
    /** How far it had come when it ended. */
    progress: string | null;
    /** JSON: how large its conversation was when it ended. */
    context: Generated<string | null>;
    /** The fingerprint of the workspace when the run ended. */
    fingerprint: string | null;
    /** Null when requests were made and their cost is unknown. */
    cost_usd: number | null;
    cost_basis: CostBasis;
    outcome: string | null;
    outcome_data: string | null;
    created_at: string;
    spawned_at: string | null;
    ready_at: string | null;
    /** When the model first answered. */
    answered_at: string | null;
    ended_at: string | null;
  };
  /** What a run under way is doing. */
  run_live: { run_id: RunId; state: string };
  events: {
    id: Generated<number>;
    project_id: ProjectId | null;
    run_id: RunId | null;
    type: string;
    actor: string;
    data: string;
    created_at: string;
  };
  /** The number of projects by status. Triggers of the database keep it current. */
  project_counts: { status: string; count: number };
  /** Facts about the store: one row. */
  meta: { id: 1; store_id: string; compatible_from: number };
  holds: {
    kind: HoldKind;
    subject: HoldSubject;
    scope: string;
    reason: string;
    since: string;
    until: string | null;
    source: HoldSource;
    /** The run that finds out whether it is over. */
    probe_run_id: RunId | null;
  };
  /** The newest report of the service on each usage window. */
  quota: {
    account: string;
    window: string;
    utilization: number | null;
    status: string;
    resets_at: string | null;
    seen_at: string;
  };
  /** Who may call the HTTP API. The token itself, the cookie and the key of a browser are nowhere. */
  credentials: {
    name: string;
    role: Role;
    /** The public half of the token, or of a browser's cookie. */
    token_id: string;
    /** SHA-256 of the whole of it, in hex. */
    token_digest: string;
    /** SHA-256 of the key that a browser sends beside its cookie; null: it has a token. */
    key_digest: string | null;
    created_at: string;
    expires_at: string | null;
  };
  /** When each was last used, now and then written down. */
  credential_uses: {
    name: string;
    used_at: string;
  };
  /** Codes that sign a browser in, once. */
  sign_in_codes: {
    code_digest: string;
    name: string;
    role: Role;
    expires_at: string;
  };
  supervisor: {
    machine_id: MachineId;
    token: LeaseToken;
    pid: number;
    pid_started_at: string;
    version: string;
    started_at: string;
    renewed_at: string;
    expires_at: string;
    stop_requested_at: string | null;
    degraded_reason: string | null;
  };
}

export type Row<T extends keyof Tables> = Selectable<Tables[T]>;
export type NewRow<T extends keyof Tables> = Insertable<Tables[T]>;
