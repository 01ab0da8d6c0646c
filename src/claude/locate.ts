/** Finds the claude program. */
import { findExecutable } from '../machine/executable.ts';

export type Located =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly message: string };

/**
 * The configured program, or the first `claude` on PATH. The path is absolute, since the PATH of a service is not that
 * of the person. Each run looks it up again: updates of Claude move it.
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
