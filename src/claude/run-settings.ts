/**
 * Builds the value of `--settings`, which overrides the settings of the person and of the workspace
 * (https://code.claude.com/docs/en/settings). A version that does not know a key ignores it.
 */

import { win32 } from 'node:path';
import { FILE_TOOLS } from '../project/permission-rule.ts';
import type { Policy } from '../project/policy.ts';
import { CODE_SERVER } from './command-line.ts';
import { type ClaudeSandbox, sandboxSettings } from './sandbox-settings.ts';

/** What Claude may not access outside the folder of its run. */
export type BlockOutside = 'files' | 'files_and_shell' | 'nothing';

export interface RunSettings {
  /** Its worktree is the one in the state folder that Claude may work in. */
  readonly projectId: string;
  /** The folder of the run, with links resolved. */
  readonly workspace: string;
  /** The state folder, by each path that leads to it. */
  readonly stateFolders: readonly string[];
  readonly blockOutside: BlockOutside;
  /** Its rules that deny and ask hold in every permission mode and over every allowed one, also where no hook runs. */
  readonly policy: Pick<Policy, 'mode' | 'allow' | 'deny' | 'ask'>;
  /** How long a call may wait for a person, in milliseconds. */
  readonly askWaitMs: number;
  /**
   * The tools whose calls pass the gate besides our own, as patterns for a whole name; undefined: those of every tool. What
   * passes costs milliseconds.
   */
  readonly gatedTools: readonly string[] | undefined;
  /** Null: its commands run without one. */
  readonly sandbox: ClaudeSandbox | null;
}

/**
 * The settings as JSON. They apply to the file tools of Claude, in every permission mode, and to commands that name
 * such a file. A program that Claude may run can do whatever the person can.
 */
export function runSettings({
  workspace,
  askWaitMs,
  gatedTools,
  sandbox,
  ...protection
}: RunSettings): string {
  const permissions = permissionsOf({ ...protection, policy: anchored(protection.policy, workspace) });
  const hooks = {
    UserPromptSubmit: [gate('UserPromptSubmit', '', { cwd: filledIn('cwd'), workspace }, ANSWERS_WITHIN_MS)],
    // Only a hook learns whether a subagent calls: the call itself does not say (seen in 2.1.329).
    PreToolUse: [
      gate(
        'PreToolUse',
        gateMatcher(gatedTools),
        {
          ...Object.fromEntries(OF_A_CALL.map((name) => [name, filledIn(name)])),
          workspace,
        },
        askWaitMs + ANSWERS_WITHIN_MS,
      ),
    ],
  };
  const settings = sandbox && { sandbox: sandboxSettings(sandbox, workspace, protection.stateFolders) };
  return JSON.stringify({ permissions, hooks, ...settings, ...readingOnly(protection.policy) });
}

/**
 * The rules with paths from the root of the folder, such as `Edit(/docs/**)`, as absolute ones: in these settings Claude Code
 * takes them as paths from somewhere else, and denies nothing in the folder by them (seen in 2.1.329).
 */
function anchored({ mode, ...rules }: RunSettings['policy'], workspace: string): RunSettings['policy'] {
  const absolute = (rule: string) =>
    rule.replace(FROM_ROOT, (_, tool: string) => `${tool}(//${rulePath(workspace)}/`);
  return {
    mode,
    allow: rules.allow.map(absolute),
    deny: rules.deny.map(absolute),
    ask: rules.ask.map(absolute),
  };
}

/** Of a tool for files, whose rule names a path that begins with one slash. */
const FROM_ROOT = new RegExp(`^(${FILE_TOOLS.join('|')})\\(\\s*/(?!/)`);

/**
 * In its mode `plan` Claude Code lets its own classifier permit commands, where the account has one, and starts no subagent
 * where it has none; any settings that say no turn that off (seen in 2.1.329).
 */
function readingOnly({ mode }: Pick<Policy, 'mode'>): object {
  return mode === 'plan' ? { useAutoModeDuringPlan: false } : {};
}

/**
 * The settings of a reviewer, which has no server of ours for a hook to call. It never reads outside its folder, and nothing
 * of what the policy denies; what the policy allows or asks about is not for a reviewer.
 */
export function reviewSettings({
  workspace,
  policy,
  ...protection
}: Pick<RunSettings, 'projectId' | 'workspace' | 'stateFolders' | 'policy'>): string {
  const { deny } = anchored(policy, workspace);
  const rules = { allow: [], deny, ask: [] };
  return JSON.stringify({
    permissions: permissionsOf({ ...protection, blockOutside: 'files', policy: rules }),
  });
}

type Protection = Omit<RunSettings, 'workspace' | 'askWaitMs' | 'gatedTools' | 'sandbox' | 'policy'> & {
  readonly policy: Pick<Policy, 'allow' | 'deny' | 'ask'>;
};

function permissionsOf({ projectId, stateFolders, blockOutside, policy }: Protection): object {
  const names = [...PROTECTED, ...worktreesBut(projectId)];
  const files = stateFolders.flatMap((folder) => names.map((name) => `//${rulePath(folder)}/${name}`));
  return {
    // All rules are here: on the command line one ends at its first closing parenthesis (seen in 2.1.329).
    ...(policy.allow.length === 0 ? {} : { allow: policy.allow }),
    // A rule for Edit applies to every tool that writes files.
    deny: [...files.flatMap((file) => [`Read(${file})`, `Edit(${file})`]), ...policy.deny],
    ...(policy.ask.length === 0 ? {} : { ask: policy.ask }),
    ...(blockOutside === 'nothing'
      ? {}
      : { ...BLOCKS[blockOutside], workingDirectoriesExclude: stateFolders }),
  };
}

/**
 * Claude Code takes a list of plain names by the letter, and by older names of these tools, and all else as a regular
 * expression (seen in 2.1.329).
 */
function gateMatcher(tools: RunSettings['gatedTools']): string {
  if (tools === undefined) return '*';
  const names = [...new Set([...OWN_TOOLS.map((name) => `mcp__${CODE_SERVER}__${name}`), ...tools])].sort();
  return names.every((name) => /^\w+$/.test(name)) ? names.join('|') : `^(${names.join('|')})$`;
}

/** A question is put to the person, and a subagent submits nothing. */
const OWN_TOOLS = ['bridge_ask', 'bridge_send_completion'];

/** How long the gate may take for what waits for nobody: a locked store makes it slow. */
const ANSWERS_WITHIN_MS = 60_000;

/** What is known of a call before it is made; its input comes as JSON (seen in 2.1.329). */
const OF_A_CALL = ['agent_id', 'cwd', 'tool_name', 'tool_use_id', 'tool_input'];

/** Claude Code calls an unlisted tool of our server and fills in what it knows of the call. */
function gate(
  event: string,
  matcher: string,
  facts: Readonly<Record<string, string>>,
  timeoutMs: number,
): object {
  const hook = {
    type: 'mcp_tool',
    server: CODE_SERVER,
    tool: 'bridge_gate',
    input: { event, ...facts },
    onFailure: 'block',
    timeout: Math.ceil(timeoutMs / 1_000),
  };
  return { matcher, hooks: [hook] };
}

function filledIn(name: string): string {
  return `$\{${name}}`;
}

/** Each by name: a rule for the whole folder would also deny the workspaces in it. */
const PROTECTED = [
  ...['bridge.db*', 'token', '*.json', 'service.env', 'service.err', '*.log*'],
  ...['runs/**', 'plans/**', 'status/**', 'measure/**'],
];

/** Ids that begin with other digits belong to other projects. So many are compared that hardly any is left out. */
const COMPARED_DIGITS = 3;

/**
 * Rules for the worktrees of other projects, also of later ones. Rules have no exceptions, and one for each worktree
 * would make the command line too long.
 */
function worktreesBut(projectId: string): string[] {
  const digits = [...projectId.slice(0, COMPARED_DIGITS)];
  return digits.flatMap((own, place) =>
    [...'0123456789abcdef']
      .filter((digit) => digit !== own)
      .map((digit) => `worktrees/${projectId.slice(0, place)}${digit}*/**`),
  );
}

/**
 * Settings of Claude Code since 2.1.257 and 2.1.314. `files_and_shell` also denies commands such as `cd sub && ls` and
 * `node -e …`, even allowed ones: Claude Code cannot tell where they read (seen in 2.1.329).
 */
const BLOCKS = {
  files: { blockFileToolReadsOutsideWorkingDirectories: true, blockWritesOutsideWorkingDirectories: true },
  files_and_shell: { blockReadsOutsideWorkingDirectories: true, blockWritesOutsideWorkingDirectories: true },
} as const;

/**
 * The part of a rule after its slashes, for an absolute path: `C:\a` becomes `c/a`. Characters that would make the rule
 * match nothing, brackets and a backslash in a name, become `?`, which is any character (seen in 2.1.329).
 */
function rulePath(path: string): string {
  // Only on Windows is a backslash a separator.
  if (path.startsWith('/')) return path.replace(/^\/+/, '').replaceAll(/[[\]\\]/g, '?');
  const { root } = win32.parse(path);
  const isDrive = /^[a-z]:[\\/]$/i.test(root);
  const slashed = path.replaceAll('\\', '/');
  const rule = isDrive
    ? `${slashed.charAt(0).toLowerCase()}${slashed.slice(2)}`
    : slashed.replace(/^\/+/, '');
  return rule.replaceAll(/[[\]]/g, '?');
}
