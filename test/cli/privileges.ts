/** Who ignores file permissions (root) cannot test them. */
import { execFileSync } from 'node:child_process';
import { isRoot, onWindows } from '../platform.ts';

/** The words before a command that make it respect permissions; undefined where that cannot be had. */
export const unprivileged: readonly string[] | undefined = wordsBefore();

function wordsBefore(): readonly string[] | undefined {
  if (onWindows) return undefined;
  return isRoot ? withoutOverride() : [];
}

/** Root keeps its files and loses the capability to read and write what it may not. */
function withoutOverride(): readonly string[] | undefined {
  const command = ['setpriv', '--inh-caps=-all', '--bounding-set=-all'];
  try {
    execFileSync('setpriv', [...command.slice(1), 'true'], { stdio: 'ignore' });
    return command;
  } catch {
    return undefined;
  }
}
