/** The environment a run's claude gets. */
import type { Environment } from '../environment.ts';

/** Names an outer Claude session leaves in the environment of what it starts; they describe that session, not ours. */
const OF_AN_OUTER_SESSION = [
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_CHILD_SESSION',
  'CLAUDE_CODE_MESSAGING_SOCKET',
  'CLAUDE_CODE_MESSAGING_TOKEN',
  'CLAUDE_CODE_SSE_PORT',
  'CLAUDE_PROJECT_DIR',
  'CLAUDE_PID',
  'AI_AGENT',
  // It makes Claude wait out limits inside the process, hidden from the queue.
  'CLAUDE_CODE_RETRY_WATCHDOG',
];

/**
 * Settings that fit an unattended run (https://code.claude.com/docs/en/settings#environment-variables). Without the
 * first, a background command would keep the process for ten minutes after its last word.
 */
const UNATTENDED: Environment = {
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  CLAUDE_CODE_DISABLE_CRON: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  // Pieces of an answer are joined for so many milliseconds and written as one line: 140 KB more output for an answer
  // of 130 KB, instead of 4 MB. More than 2000 is ignored (seen in 2.1.329; older versions write each piece).
  CLAUDE_CODE_STREAM_EVENT_HOLD_MS: '2000',
  // The workspace is given as an added folder, so that its CLAUDE.md is read without its settings.
  CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
};

/** Defaults that the owner's own environment may change. */
const DEFAULTS: Environment = {
  CLAUDE_CODE_MAX_RETRIES: '5',
  MCP_TIMEOUT: '30000',
  MCP_CONNECT_TIMEOUT_MS: '30000',
};

/** The mark that every process of a run inherits; the sweep finds stragglers by it. */
export const RUN_MARK = 'BRIDGE_RUN_ID';

/**
 * The supervisor's environment, so that credentials, proxies and cloud settings work, less our own variables and those
 * of an outer session, plus what marks the run.
 */
export function claudeEnvironment(
  env: Environment,
  run: { readonly id: string; readonly projectId: string },
): Environment {
  const inherited = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('BRIDGE_') && !isOfAnOuterSession(name)),
  );
  return { ...DEFAULTS, ...inherited, ...UNATTENDED, [RUN_MARK]: run.id, BRIDGE_PROJECT_ID: run.projectId };
}

export function isOfAnOuterSession(name: string): boolean {
  return OF_AN_OUTER_SESSION.includes(name);
}
