/** What the configuration says about a folder that Claude may work in. */

/**
 * Whose Claude settings count in a run: the person's own (`user`), nobody's (`none`), or also those that lie in the
 * folder (`all`), which can start programs, name another service and permit tools.
 */
export type ClaudeSettings = 'user' | 'none' | 'all';

/** A member of `workspaces`: a path, or a path with what holds for it alone. */
export type WorkspaceEntry =
  | string
  | { readonly path: string; readonly claude_settings?: ClaudeSettings | undefined };

export interface Workspace {
  readonly path: string;
  /** Undefined: as for every other folder. */
  readonly claudeSettings: ClaudeSettings | undefined;
}

/** Reads a member of `workspaces`, in whichever way it is written. */
export function workspaceOf(entry: WorkspaceEntry): Workspace {
  return typeof entry === 'string'
    ? { path: entry, claudeSettings: undefined }
    : { path: entry.path, claudeSettings: entry.claude_settings };
}

/** Members of `workspaces`, each with its name. */
export function namedWorkspaces(
  workspaces: Readonly<Record<string, WorkspaceEntry>>,
): (Workspace & { readonly name: string })[] {
  return Object.entries(workspaces).map(([name, entry]) => ({ name, ...workspaceOf(entry) }));
}
