/** What the configuration says about a folder that Claude may work in. */
import type { LandingAction } from './landing.ts';
import type { PolicySettings } from './policy.ts';
import type { ReviseIn } from './revision.ts';

/** Where Claude works: in a git worktree of the project's own, or in the folder itself. */
export const ISOLATIONS = ['worktree', 'in_place'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

/**
 * Whose Claude settings count in a run: the person's own (`user`), nobody's (`none`), or also those that lie in the
 * folder (`all`), which can start programs, name another service and permit tools.
 */
export type ClaudeSettings = 'user' | 'none' | 'all';

/** Whether commands run in a sandbox: never, where this machine can start one, or not at all without it. */
export const SANDBOX_MODES = ['off', 'auto', 'require'] as const;
export type SandboxMode = (typeof SANDBOX_MODES)[number];

/** A member of `workspaces` that is more than a path. Undefined, for each key: as for every other folder. */
export interface WorkspaceSettings {
  readonly path: string;
  readonly policy?: PolicySettings | undefined;
  readonly max_turns?: number | undefined;
  readonly claude_settings?: ClaudeSettings | undefined;
  readonly isolation?: Isolation | undefined;
  readonly allow_in_place?: boolean | undefined;
  readonly base?: string | undefined;
  readonly prepare?: string | undefined;
  /** In milliseconds, as the timeout of a check. */
  readonly prepare_timeout?: number | undefined;
  readonly checks?:
    | readonly { readonly name: string; readonly run: string; readonly timeout: number }[]
    | undefined;
  readonly check_inputs?: readonly string[] | undefined;
  readonly check_env_deny?: readonly string[] | undefined;
  readonly sandbox?: SandboxMode | undefined;
  readonly sandbox_domains?: readonly string[] | undefined;
  readonly check_network?: boolean | undefined;
  readonly repairs?: number | undefined;
  readonly on_approve?: LandingAction | undefined;
  readonly remote?: string | undefined;
  readonly max_rounds?: number | undefined;
  readonly revise_in?: ReviseIn | undefined;
  readonly budget_usd?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly auto_approve?: { readonly max_lines: number; readonly paths: readonly string[] } | undefined;
  /** `false`: none, although other folders have one. */
  readonly review?: ReviewSettings | false | undefined;
}

export interface ReviewSettings {
  readonly prompt?: string | undefined;
  readonly model?: string | undefined;
  readonly max_usd: number;
  /** In milliseconds. */
  readonly timeout: number;
  readonly repair: boolean;
}

/** A member of `workspaces`: a path, or a path with what holds for it alone. */
export type WorkspaceEntry = string | WorkspaceSettings;

export interface Workspace {
  readonly path: string;
  /** Undefined: as for every other folder. */
  readonly claudeSettings: ClaudeSettings | undefined;
  /** All that is set for it. */
  readonly settings: WorkspaceSettings;
}

/** Reads a member of `workspaces`, in whichever way it is written. */
export function workspaceOf(entry: WorkspaceEntry): Workspace {
  const settings = typeof entry === 'string' ? { path: entry } : entry;
  return { path: settings.path, claudeSettings: settings.claude_settings, settings };
}

/** Members of `workspaces`, each with its name. */
export function namedWorkspaces(
  workspaces: Readonly<Record<string, WorkspaceEntry>>,
): (Workspace & { readonly name: string })[] {
  return Object.entries(workspaces).map(([name, entry]) => ({ name, ...workspaceOf(entry) }));
}
