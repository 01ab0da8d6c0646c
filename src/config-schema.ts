/**
 * What the owner may set: every key with its check, its default and its meaning.
 *
 * To add a key: add it to `fields` below, a row to README.md, and a value and its default to test/config.test.ts. The
 * variable `BRIDGE_<KEY>`, the schema for editors and the doctor's check of both follow from it.
 */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { toolsetSettings } from './config-channels.ts';
import { checkedHttpSettings } from './config-http.ts';
import { notifySettings, unreachablePush } from './config-notify.ts';
import { scheduleSettings } from './config-schedule.ts';
import { askWait, cronExpression, duration, interval, path, program, timeLimit } from './config-values.ts';
import {
  budgetSettings,
  claudeSettings,
  concurrency,
  isolation,
  maxRounds,
  maxTurns,
  onApprove,
  permissionMode,
  policySettings,
  repairs,
  reviewSettings,
  reviseIn,
  sandbox,
  sandboxDomains,
  workspaceSettings,
} from './config-workspace.ts';
import { expandHome } from './home-path.ts';
import { modelName } from './project/model-name.ts';
import { DEFAULT_PERMISSION_MODE } from './project/policy.ts';
import { modesThatAskNobody } from './project/policy-conflicts.ts';
import { DEFAULT_REVISE_IN } from './project/revision.ts';
import {
  DEFAULT_ISOLATION,
  DEFAULT_MAX_ROUNDS,
  DEFAULT_ON_APPROVE,
  DEFAULT_REPAIRS,
  DEFAULT_SANDBOX,
} from './project/work-rules.ts';

const mcpServer = z.looseObject({
  type: z.enum(['stdio', 'http', 'sse', 'ws']).optional(),
  command: z.string().optional(),
  url: z.string().optional(),
});

const HEARTBEAT_URL = 'must be an http or https address, without user name and password';

const fields = z.strictObject({
  $schema: z.string().optional(),
  claude: program.optional().describe('Path of the claude program. Default: the first `claude` on PATH.'),
  workspace: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where plans that name no workspace run: a name from `workspaces` or a path. Default: a new folder for each project.',
    ),
  workspaces: z
    .record(
      z.string().regex(/^[\w.-]+$/, "must be a name of letters, digits, '.', '_' and '-'"),
      z.union([path, workspaceSettings], {
        error: 'must be an absolute path, or an object such as {"path": "/code/site", "base": "main"}',
      }),
    )
    .default({})
    .describe(
      'Names for folders Claude may work in: a path, or `{"path": …}` with settings of its own, such as `checks`.',
    ),
  workspace_roots: z.array(path).default([]).describe('Folders in which a plan may name any folder by path.'),
  concurrency: concurrency.default(2).describe('How many runs may be active at once.'),
  model: modelName.optional().describe("Model for plans that name none. Default: Claude's own default."),
  permission_mode: permissionMode
    .default(DEFAULT_PERMISSION_MODE)
    .describe('What Claude may do that no rule names. The same as `policy.mode`, which wins.'),
  policy: policySettings
    .default({})
    .describe(
      'What Claude may do, in rules such as "Bash(npm test *)": `allow`, `deny`, and `ask`, which asks you; `mode` and `rest` (`deny`, `ask`) are for what no rule names.',
    ),
  allowed_tools: z.array(z.string().min(1)).default([]).describe('Rules that are added to `policy.allow`.'),
  disallowed_tools: z.array(z.string().min(1)).default([]).describe('Rules that are added to `policy.deny`.'),
  claude_settings: claudeSettings
    .default('user')
    .describe(
      "Whose Claude settings count: your own (`user`), nobody's (`none`), or also those in the workspace (`all`: only for folders of your own, since such settings can start programs).",
    ),
  block_outside: z
    .enum(['files', 'files_and_shell', 'nothing'])
    .default('files')
    .describe(
      'What Claude may not use outside the workspace, in every permission mode: its file tools (`files`), also commands that name a path there or cannot be checked (`files_and_shell`), or `nothing`.',
    ),
  isolation: isolation
    .default(DEFAULT_ISOLATION)
    .describe(
      "Where Claude works in a git repository: in a worktree of the project's own (`worktree`), or in the folder itself (`in_place`). A folder without git is always worked on in place.",
    ),
  sandbox: sandbox
    .default(DEFAULT_SANDBOX)
    .describe(
      "Whether Claude's commands, your `checks` and `prepare` run in a sandbox (Linux, bubblewrap and socat): never (`off`), where this machine can start one (`auto`), or else no run starts (`require`).",
    ),
  sandbox_domains: sandboxDomains
    .default([])
    .describe('Names that Claude\'s commands may reach from the sandbox, e.g. "registry.npmjs.org".'),
  check_network: z
    .boolean()
    .default(false)
    .describe('Whether checks may use the network in the sandbox. `prepare` may.'),
  repairs: repairs
    .default(DEFAULT_REPAIRS)
    .describe(
      'How often failed checks, or what a reviewer blocks, go back to Claude, a round, before you are asked.',
    ),
  on_approve: onApprove
    .default(DEFAULT_ON_APPROVE)
    .describe(
      'What an approval does with work from a worktree: merge it into its base branch (`merge`), leave it on a branch (`branch`), or push that branch (`push`).',
    ),
  max_rounds: maxRounds
    .default(DEFAULT_MAX_ROUNDS)
    .describe('After so many rejected rounds a project needs your attention instead of another round.'),
  revise_in: reviseIn
    .default(DEFAULT_REVISE_IN)
    .describe(
      'Where a rejected project goes on: in the session that did the work (`session`), which reads all of its conversation again; in a new one that is told plan, evidence, changes and reason (`fresh`); or in the one that costs less to begin with (`cheapest`).',
    ),
  budget: budgetSettings
    .default({})
    .describe(
      'What runs may cost, in US dollars as Claude estimates it: one run (`run_usd`), all runs of a project (`project_usd`), and all runs of a day or a month (`day_usd`, `month_usd`).',
    ),
  max_unreviewed: z
    .int()
    .min(1)
    .optional()
    .describe(
      'How many results may wait for you before no new plan is begun. Revisions and repairs go on. Default: no limit.',
    ),
  ...scheduleSettings,
  review: reviewSettings
    .optional()
    .describe(
      'Lets a second model read the changes once the checks are green, before you are asked: `{"max_usd": 0.5}`. It can change nothing and decides nothing.',
    ),
  mcp_servers: z
    .record(z.string().regex(/^[\w-]+$/, "must be a name of letters, digits, '_' and '-'"), mcpServer)
    .default({})
    .describe('Further MCP servers for every run; `setup --share NAME` gives one to Claude Desktop, too.'),
  ask_wait: askWait
    .prefault('2m')
    .describe(
      'How long Claude waits at once for your answer to a question or a permission. After that the run ends, and its session resumes when you answer, hours later if need be.',
    ),
  max_turns: maxTurns
    .optional()
    .describe('How many turns one run may take; a plan may ask for fewer. Default: no limit.'),
  run_timeout: timeLimit.prefault('4h').describe('How long one run may take; a plan may ask for less.'),
  start_timeout: timeLimit.prefault('60s').describe('How long Claude may take until its first output.'),
  silence_timeout: timeLimit
    .prefault('16m')
    .describe('How long Claude may be silent while it is not using a tool.'),
  tool_timeout: timeLimit
    .prefault('1h')
    .describe('How long Claude may be silent while it is using a tool or a hook runs.'),
  last_words_timeout: duration()
    .prefault('60s')
    .describe('How long Claude may continue after it submitted its work. An approval ends it at once.'),
  exit_timeout: duration()
    .prefault('15s')
    .describe('How long Claude may take to exit after its last result.'),
  drain_timeout: duration()
    .prefault('0s')
    .describe('How long `stop` lets running work continue before it interrupts it.'),
  quiet_hours: z
    .array(cronExpression)
    .default([])
    .describe(
      'Cron expressions. No new run starts in the minutes they match. "* 9-17 * * 1-5" is working hours.',
    ),
  usage_reserve_percent: z
    .number()
    .min(0)
    .max(95)
    .default(0)
    .describe(
      'The percentage of each subscription usage window to keep for you. No new run starts once only that is left.',
    ),
  resume_not_before: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as '06:30'")
    .optional()
    .describe('Local time of day before which runs do not resume after a usage limit.'),
  loop_timeout: timeLimit
    .prefault('60s')
    .describe(
      'Kill the supervisor when its event loop blocks for this long. The service manager restarts it.',
    ),
  keep_awake: z.boolean().default(true).describe('Prevent the machine from sleeping while runs are active.'),
  heartbeat_file: path
    .optional()
    .describe(
      'A file to rewrite every `heartbeat_interval` while the supervisor is healthy. A monitor watches its age.',
    ),
  heartbeat_url: z
    .url({ protocol: /^https?$/, error: HEARTBEAT_URL })
    // fetch refuses to send them.
    .refine((text) => !/^\w+:\/\/[^/?#]*@/.test(text), HEARTBEAT_URL)
    .optional()
    .describe('A URL to request every `heartbeat_interval` while the supervisor is healthy.'),
  heartbeat_interval: interval
    .prefault('5m')
    .describe('How often to write the heartbeat file and request the heartbeat URL.'),
  http: checkedHttpSettings
    .prefault({})
    .describe(
      'The HTTP API and its page, on 127.0.0.1:7823, for who has a token; `{"enabled": false}` opens no port.',
    ),
  ...toolsetSettings,
  notify: notifySettings,
  run_output_max_mb: z
    .number()
    .positive()
    .default(500)
    .describe('How much output one run may write before it is ended.'),
  keep_runs_days: z
    .number()
    .min(0)
    .max(36_500)
    .default(30)
    .describe('How many days to keep the output of runs once their project is complete or cancelled.'),
  keep_runs_mb: z
    .number()
    .min(0)
    .default(2_000)
    .describe(
      'How much run output to keep. Beyond it, the output of closed projects is removed, oldest first.',
    ),
  keep_worktrees_days: z
    .number()
    .min(0)
    .max(36_500)
    .default(14)
    .describe(
      'How many days to keep the worktree of a project that is complete or cancelled. One with work that has not landed is never removed.',
    ),
  disk_min_mb: z.number().min(0).default(500).describe('Free disk space below which no new run starts.'),
  log_level: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('The lowest level of lines that go into loop.log.'),
  log_max_mb: z
    .number()
    .positive()
    .max(10_000)
    .default(10)
    .describe('The size at which loop.log is rotated.'),
  log_files: z.int().min(1).max(100).default(5).describe('How many rotated logs to keep.'),
});

/** All keys. Parsing turns what a person writes into what the program uses, such as '2h' into milliseconds. */
export const schema = fields
  .refine(
    ({ workspace, workspaces }) =>
      !workspace || Object.hasOwn(workspaces, workspace) || isAbsolute(expandHome(workspace)),
    { path: ['workspace'], error: "must be a name from 'workspaces' or an absolute path" },
  )
  .superRefine((config, context) => {
    for (const place of modesThatAskNobody(config))
      context.addIssue({
        code: 'custom',
        path: place,
        message: "'dontAsk' asks nobody: use default or acceptEdits",
      });
    const unreachable = unreachablePush(config);
    if (unreachable) context.addIssue({ code: 'custom', ...unreachable });
  });

export type Config = Omit<z.output<typeof schema>, '$schema'>;

/** JSON Schema of config.json, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(schema, { io: 'input' });
}

/** The environment variables that override keys, such as `BRIDGE_CONCURRENCY`. */
export function configVariables(): string[] {
  return Object.keys(schema.shape)
    .filter((key) => key !== '$schema')
    .map(variableOf);
}

/** The environment variable that overrides a key: `BRIDGE_<KEY>`. */
export function variableOf(key: string): string {
  return `BRIDGE_${key.toUpperCase()}`;
}
