/** Builds the environment of claude in a run. */
import type { Environment } from '../environment.ts';

/** Variables that an outer Claude session sets for its children. They describe that session, not ours. */
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
  // Claude would wait out limits inside the process, hidden from the queue.
  'CLAUDE_CODE_RETRY_WATCHDOG',
];

/**
 * Settings for an unattended run (https://code.claude.com/docs/en/settings#environment-variables). Without the first
 * one, a background command keeps the process alive for ten minutes after its result.
 */
const UNATTENDED: Environment = {
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  CLAUDE_CODE_DISABLE_CRON: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  // Partial answers of this many milliseconds are joined into one line: 140 KB more output for an answer of 130 KB,
  // instead of 4 MB. Values above 2000 are ignored (seen in 2.1.329; older versions write each piece).
  CLAUDE_CODE_STREAM_EVENT_HOLD_MS: '2000',
  // The workspace is an added folder, so that its CLAUDE.md is read without its settings.
  CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: '1',
};

/** Defaults that the environment of the owner overrides. */
const DEFAULTS: Environment = {
  CLAUDE_CODE_MAX_RETRIES: '5',
  MCP_TIMEOUT: '30000',
  MCP_CONNECT_TIMEOUT_MS: '30000',
};

/** The variable that marks every process of a run; the sweep finds leftovers by it. */
export const RUN_MARK = 'BRIDGE_RUN_ID';

/**
 * The environment of the supervisor, so that credentials, proxies and cloud settings work; without our own variables
 * and those of an outer session, and with the mark of the run.
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

/** Whether this variable describes the Claude session that started us. */
export function isOfAnOuterSession(name: string): boolean {
  return OF_AN_OUTER_SESSION.includes(name);
}
