/** Where the claude program is. */
import { findExecutable } from '../machine/executable.ts';

export type Located =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly message: string };

/**
 * The configured program, or the first `claude` on PATH; always an absolute path, since a service's PATH is not the
 * person's. Looked up anew for each run: Claude's own updates move it.
 */
export function locateClaude(
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Located {
  const path = findExecutable(configured ?? 'claude', env.PATH ?? env.Path);
  if (path !== undefined) return { found: true, path };
  const message =
    configured === undefined
      ? "no 'claude' on PATH. Install Claude Code, or set BRIDGE_CLAUDE to the path of the program"
      : `'${configured}' is not there or not executable. Correct 'claude' in config.json, or BRIDGE_CLAUDE`;
  return { found: false, message };
}
