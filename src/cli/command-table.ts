/**
 * Every command: its name, how it is called, what it does, and where it is. Each is loaded when it is called.
 *
 * To add one: add an entry below and a file in commands/, which reads the options, calls a function of src/bridge/ and
 * prints what that returns.
 */
import type { Command } from 'commander';
import type { Cli } from './context.ts';

export interface CommandEntry {
  readonly name: string;
  /** What follows the name in a call. */
  readonly usage: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** The heading it stands under in the help. */
  readonly group: string;
  load(cli: Cli): Promise<Command>;
}

type Group = readonly Omit<CommandEntry, 'group'>[];

const GROUPS: Readonly<Record<string, Group>> = {
  'Supervisor:': [
    {
      name: 'start',
      usage: '[options]',
      summary: 'Start the supervisor: as the installed service, else in the background.',
      load: async (cli) => (await import('./commands/start.ts')).startCommand(cli),
    },
    {
      name: 'stop',
      usage: '[options]',
      summary: 'Stop the supervisor and its runs, and wait for them to end.',
      load: async (cli) => (await import('./commands/stop.ts')).stopCommand(cli),
    },
    {
      name: 'restart',
      usage: '[options]',
      summary: 'Restart the supervisor; it reads config.json again.',
      load: async (cli) => (await import('./commands/restart.ts')).restartCommand(cli),
    },
    {
      name: 'status',
      usage: '[options]',
      summary: 'Show the supervisor, its running work, the queue and what waits for you.',
      load: async (cli) => (await import('./commands/status.ts')).statusCommand(cli),
    },
    {
      name: 'logs',
      usage: '[options]',
      summary: "Print the last lines of the supervisor's log.",
      load: async (cli) => (await import('./commands/logs.ts')).logsCommand(cli),
    },
    {
      name: 'run',
      usage: '[options]',
      summary: 'Run the supervisor in the foreground, for services and containers.',
      load: async (cli) => (await import('./commands/run.ts')).runCommand(cli),
    },
  ],
  'Service:': [
    {
      name: 'install',
      usage: '[options]',
      summary: 'Install or upgrade the supervisor as a service that starts by itself.',
      load: async (cli) => (await import('./commands/install.ts')).installCommand(cli),
    },
    {
      name: 'uninstall',
      usage: '[options]',
      summary: 'Stop and remove the service; the state folder stays.',
      load: async (cli) => (await import('./commands/uninstall.ts')).uninstallCommand(cli),
    },
  ],
  'Work:': [
    {
      name: 'send',
      usage: '[options] <file>',
      summary: 'Send a plan: Markdown that describes the work.',
      load: async (cli) => (await import('./commands/send.ts')).sendCommand(cli),
    },
    {
      name: 'list',
      usage: '[options]',
      summary: 'List open projects, newest first.',
      load: async (cli) => (await import('./commands/list.ts')).listCommand(cli),
    },
    {
      name: 'show',
      usage: '[options] <id>',
      summary: 'Show one project: its plan, rounds, runs, updates and next steps.',
      load: async (cli) => (await import('./commands/show.ts')).showCommand(cli),
    },
    {
      name: 'evidence',
      usage: '[options] <id>',
      summary: 'Show what was measured of submitted work: checks, warnings, changes and cost.',
      load: async (cli) => (await import('./commands/evidence.ts')).evidenceCommand(cli),
    },
    {
      name: 'watch',
      usage: '[options] [id]',
      summary: 'Follow one project, or all of them, live.',
      load: async (cli) => (await import('./commands/watch.ts')).watchCommand(cli),
    },
    {
      name: 'tui',
      usage: '[options]',
      summary: 'Look at everything, decide and write in one screen of this terminal.',
      load: async (cli) => (await import('./commands/tui.ts')).tuiCommand(cli),
    },
  ],
  'Decide and steer:': [
    {
      name: 'approve',
      usage: '[options] <id>',
      summary: 'Approve submitted work; it then lands, and the project is complete.',
      load: async (cli) => (await import('./commands/approve.ts')).approveCommand(cli),
    },
    {
      name: 'reject',
      usage: '[options] <id>',
      summary: 'Reject submitted work; Claude revises it in the same session.',
      load: async (cli) => (await import('./commands/reject.ts')).rejectCommand(cli),
    },
    {
      name: 'questions',
      usage: '[options] [id]',
      summary: 'Show what Claude asks in the middle of its work, and how to settle it.',
      load: async (cli) => (await import('./commands/questions.ts')).questionsCommand(cli),
    },
    {
      name: 'answer',
      usage: '[options] <req> <text...>',
      summary: 'Answer a question of Claude.',
      load: async (cli) => (await import('./commands/answer.ts')).answerCommand(cli),
    },
    {
      name: 'allow',
      usage: '[options] <req>',
      summary: 'Allow a call that Claude asks about: once, or for its project.',
      load: async (cli) => (await import('./commands/allow.ts')).allowCommand(cli),
    },
    {
      name: 'deny',
      usage: '[options] <req>',
      summary: 'Deny a call that Claude asks about, with a reason.',
      load: async (cli) => (await import('./commands/deny.ts')).denyCommand(cli),
    },
    {
      name: 'steer',
      usage: '[options] <id> <text...>',
      summary: 'Send Claude a message about a project; running work reads it between two steps.',
      load: async (cli) => (await import('./commands/steer.ts')).steerCommand(cli),
    },
    {
      name: 'amend',
      usage: '[options] <id> <file>',
      summary: 'Replace the plan of a project; running work is told of it.',
      load: async (cli) => (await import('./commands/amend.ts')).amendCommand(cli),
    },
    {
      name: 'cancel',
      usage: '[options] <id>',
      summary: 'Cancel a project for good. Its run ends; its files and history stay.',
      load: async (cli) => (await import('./commands/cancel.ts')).cancelCommand(cli),
    },
    {
      name: 'retry',
      usage: '[options] [id]',
      summary: 'Requeue a project that needs attention; it keeps its session.',
      load: async (cli) => (await import('./commands/retry.ts')).retryCommand(cli),
    },
  ],
  'Keep in order:': [
    {
      name: 'budget',
      usage: '[options]',
      summary: 'Show what runs may cost, and what they have cost today and this month.',
      load: async (cli) => (await import('./commands/budget.ts')).budgetCommand(cli),
    },
    {
      name: 'schedule',
      usage: '',
      summary: 'List, show, run, amend, pause, resume or remove plans that are done again and again.',
      load: async (cli) => (await import('./commands/schedule.ts')).scheduleCommand(cli),
    },
    {
      name: 'worktree',
      usage: '',
      summary: 'List the worktrees of projects, or remove one that holds nothing to lose.',
      load: async (cli) => (await import('./commands/worktree.ts')).worktreeCommand(cli),
    },
  ],
  'Back up:': [
    {
      name: 'backup',
      usage: '[options] <file>',
      summary: 'Copy the store to a file, even while it is in use.',
      load: async (cli) => (await import('./commands/backup.ts')).backupCommand(cli),
    },
    {
      name: 'restore',
      usage: '[options] <file>',
      summary: 'Replace the store with a backup; the old store is kept aside.',
      load: async (cli) => (await import('./commands/restore.ts')).restoreCommand(cli),
    },
    {
      name: 'import',
      usage: '[options] <file>',
      summary: 'Take over projects of the Python bridge, or messages of Claude Bridge or mcp-relay.',
      load: async (cli) => (await import('./commands/import.ts')).importCommand(cli),
    },
  ],
  'Pause and resume:': [
    {
      name: 'pause',
      usage: '[options]',
      summary: 'Start no new runs until `resume`; running work continues.',
      load: async (cli) => (await import('./commands/pause.ts')).pauseCommand(cli),
    },
    {
      name: 'resume',
      usage: '[options]',
      summary: 'End every hold, whatever its cause, so that new runs can start.',
      load: async (cli) => (await import('./commands/resume.ts')).resumeCommand(cli),
    },
  ],
  'Set up and check:': [
    {
      name: 'setup',
      usage: '[options]',
      summary: 'Connect Claude Desktop and Claude Code, and name your workspaces.',
      load: async (cli) => (await import('./commands/setup.ts')).setupCommand(cli),
    },
    {
      name: 'dashboard',
      usage: '[options]',
      summary: 'Open the page in a browser, which a link signs in once.',
      load: async (cli) => (await import('./commands/dashboard.ts')).dashboardCommand(cli),
    },
    {
      name: 'token',
      usage: '',
      summary: 'Make, list, rotate and revoke the tokens of the HTTP API.',
      load: async (cli) => (await import('./commands/token.ts')).tokenCommand(cli),
    },
    {
      name: 'notify',
      usage: '',
      summary: 'Try out who is notified of what waits for you, and list what they were told.',
      load: async (cli) => (await import('./commands/notify.ts')).notifyCommand(cli),
    },
    {
      name: 'relay',
      usage: '',
      summary: 'See and let through what Claude Desktop and Claude Code send each other.',
      load: async (cli) => (await import('./commands/relay.ts')).relayCommand(cli),
    },
    {
      name: 'scripts',
      usage: '',
      summary: 'See the scripts that agents may have run, what became of them, and end one.',
      load: async (cli) => (await import('./commands/scripts.ts')).scriptsCommand(cli),
    },
    {
      name: 'memory',
      usage: '',
      summary: 'See and change the facts that Claude Desktop, Claude Code and you share.',
      load: async (cli) => (await import('./commands/memory.ts')).memoryCommand(cli),
    },
    {
      name: 'doctor',
      usage: '[options] [groups...]',
      summary: 'Diagnose the installation and suggest fixes.',
      load: async (cli) => (await import('./commands/doctor.ts')).doctorCommand(cli),
    },
    {
      name: 'demo',
      usage: '[options]',
      summary: 'Watch the whole loop in 15 seconds: real Claude Code, scripted model.',
      load: async (cli) => (await import('./commands/demo.ts')).demoCommand(cli),
    },
    {
      name: 'mcp',
      usage: '',
      summary: 'Serve Claude Desktop or Claude Code over stdin and stdout.',
      load: async (cli) => (await import('./commands/mcp.ts')).mcpCommand(cli),
    },
  ],
};

export const COMMANDS: readonly CommandEntry[] = Object.entries(GROUPS).flatMap(([group, entries]) =>
  entries.map((entry) => ({ ...entry, group })),
);
