/**
 * What a run may not do. Its processes inherit the run's id, and a shell in it finds this program: without a refusal
 * it could approve its own work, and the record would say that a person did. This stops accident and convenience, not
 * malice: a process can drop the variable.
 */
import type { Environment } from '../environment.ts';

/**
 * Decisions about work, and whatever changes what the bridge may do or whether it works: a run that stops its own
 * supervisor, restores an older store or sets up another workspace has decided as well. Looking is free.
 */
const DECIDING: readonly string[] = [
  ...['send', 'approve', 'reject', 'answer', 'allow', 'deny', 'amend', 'steer', 'cancel', 'retry'],
  ...['pause', 'resume', 'start', 'run', 'stop', 'restart', 'tui'],
  ...['restore', 'import', 'setup', 'install', 'uninstall', 'doctor --fix', 'mcp desktop'],
  ...['schedule run', 'schedule amend', 'schedule pause', 'schedule resume', 'schedule remove'],
  ...['worktree remove', 'token add', 'token rotate', 'token revoke', 'dashboard', 'notify test'],
  ...['relay get', 'relay clear', 'memory set', 'memory delete', 'memory graph delete'],
  'scripts cancel',
];

/** Servers that a run has for its own project. */
const SCOPED: readonly string[] = [
  'mcp code',
  'mcp channels',
  'mcp relay',
  'mcp memory',
  'mcp graph',
  'mcp scripts',
];

/**
 * Why this command is refused; undefined when it may go on. The server of a run that has lost the name of its project would
 * be that of a person's own session, which takes up any.
 */
export function whyNotInsideRun(env: Environment, command: string): string | undefined {
  const isDeciding = DECIDING.includes(command) || (SCOPED.includes(command) && !env.BRIDGE_PROJECT_ID);
  return env.BRIDGE_RUN_ID && isDeciding
    ? 'ERROR: a run cannot decide about work; a person does.'
    : undefined;
}
