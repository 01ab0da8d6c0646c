import { Command, InvalidArgumentError, Option } from 'commander';
import { configOf } from '../../control/host.ts';
import { prepareStateFolder } from '../../control/prepare-state-folder.ts';
import { runProgram } from '../../machine/program.ts';
import { TOOLSETS, type ToolsetName } from '../../project/toolset.ts';
import { isChange } from '../../setup/change.ts';
import { applySetup, hasChanges, type SetupOutcome, type SetupPlan } from '../../setup/setup.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, path, paths, yesOption } from '../terminal/arguments.ts';
import { canAsk, confirmUnlessNo } from '../terminal/ask.ts';
import { examples, UsageError } from '../terminal/usage.ts';
import { commandsOf, doneLines, planLines, setupJson } from '../views/setup-report.ts';
import { contextOf, plan, type SetupPlanOptions } from './setup-plan.ts';

interface Options extends SetupPlanOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

export function setupCommand(cli: Cli): Command {
  const several = (value: string, former: readonly string[] = []) => [...former, value];
  return new Command('setup')

    .option('--workspace <name=path>', 'a folder Claude may work in; repeatable', several)
    .option('--root <path>', 'plans may name any folder below it; repeatable', paths)
    .option('--default-workspace <name>', 'for plans that name none')
    .option('--desktop-config <file>', "Claude Desktop's configuration file, if it is not found", path)
    .option('--no-checks', 'propose no checks for the workspaces, and no policy')
    .addOption(toolsetOption())
    .option(
      '--share <name>',
      'a server of mcp_servers that Claude Desktop gets, too; with --remove, loses; repeatable',
      several,
    )
    .option('--folder <path>', 'the folder that both sides share, for --toolset folder', path)
    .option('--no-desktop', 'skip Claude Desktop')
    .option('--no-code', 'skip Claude Code')
    .option('--remove', 'undo everything setup did')
    .option('--dry-run', 'show what would change, and change nothing')
    .addOption(yesOption())
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor setup',
        'bridge-supervisor setup --workspace web=~/code/web --yes',
        'bridge-supervisor setup --dry-run',
        'bridge-supervisor setup --toolset channels',
        'bridge-supervisor setup --toolset folder --folder ~/shared',
        'bridge-supervisor setup --share github',
        'bridge-supervisor setup --remove',
      ),
    )
    .action((options: Options) => setup(cli, options));
}

function toolsetOption(): Option {
  const several = (value: string, former: readonly ToolsetName[] = []) => {
    const known = TOOLSETS.find((name) => name === value);
    if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${TOOLSETS.join(', ')}.`);
    return [...former, known];
  };
  return new Option(
    '--toolset <name>',
    `also add these tools: ${TOOLSETS.join(', ')}; with --remove, take away these alone; repeatable`,
  ).argParser(several);
}

const ABOUT = `
Quit Claude Desktop first: while it runs it may overwrite its file without our
entry, and it reads the file only at startup.

Adds our entry to Claude Desktop's claude_desktop_config.json, and to Claude
Code with \`claude mcp add\`; the folders go into config.json in the state
folder, with the checks that their files propose. The rest of these files does not change by a byte, and a copy is kept
beside each. A file that is not plain JSON is refused and not changed. Running
setup twice changes nothing more. Asks on a terminal; elsewhere it needs --yes.
The first time it also asks whether this desktop is to show what waits for you,
where it can.`;

async function setup(cli: Cli, options: Options): Promise<void> {
  checkOptions(options);
  const planned = await plan(cli, options, !options.dryRun && mayAsk(options));
  if (!planned.ok) return fail(cli, planned.refusal);
  for (const warning of planned.value.warnings) cli.out.hint(`Note: ${warning}`);
  if (options.dryRun) return showPlan(cli, planned.value, options);
  if (!(await isAgreed(cli, planned.value, options))) return;
  await carryOut(cli, planned.value, options);
}

function checkOptions(options: Options): void {
  const { remove, workspace, root, defaultWorkspace, folder, desktop, desktopConfig } = options;
  if (remove && (workspace || root || defaultWorkspace !== undefined || folder !== undefined))
    throw new UsageError('--remove takes no folders: it removes what setup added.');
  if (!desktop && desktopConfig !== undefined)
    throw new UsageError('--desktop-config and --no-desktop exclude each other.');
}

function mayAsk({ yes, json }: Options): boolean {
  return !yes && !json && canAsk();
}

function showPlan(cli: Cli, setupPlan: SetupPlan, { json }: Options): void {
  const nothing = 'Nothing to do.';
  const last = hasChanges(setupPlan) ? 'Dry run: nothing was changed.' : nothing;
  if (json) cli.out.json(setupJson(setupPlan, null));
  else for (const line of [...planLines(setupPlan, cli.out), last]) cli.out.line(line);
}

/** A plan without changes needs no confirmation. */
async function isAgreed(cli: Cli, setupPlan: SetupPlan, options: Options): Promise<boolean> {
  if (options.yes || !hasChanges(setupPlan)) return true;
  if (!mayAsk(options)) {
    const add = options.remove ? 'Add --yes' : 'Add --yes, and --workspace NAME=PATH for your folders';
    fail(cli, `setup needs confirmation but there is no terminal. ${add}; --dry-run shows the changes.`);
    return false;
  }
  for (const line of planLines(setupPlan, cli.out)) cli.out.line(line);
  if (await confirmUnlessNo(options.remove ? 'Undo this?' : 'Apply these changes?')) return true;
  fail(cli, 'nothing was changed.');
  return false;
}

async function carryOut(cli: Cli, setupPlan: SetupPlan, options: Options): Promise<void> {
  if (!options.remove) {
    const prepared = await prepareStateFolder(cli.stateDir);
    if (!prepared.ok) return fail(cli, prepared.refusal);
  }
  const result = await applySetup(setupPlan, contextOf(cli, configOf(cli).claude), runProgram);
  if (result.failure !== null) return fail(cli, result.failure);
  if (options.json) cli.out.json(setupJson(setupPlan, result));
  else sayDone(cli, setupPlan, result, options);
  reportClaudeCodeFailure(cli, setupPlan, result);
}

function sayDone(cli: Cli, setupPlan: SetupPlan, result: SetupOutcome, { remove }: Options): void {
  const changed = setupPlan.files.filter(isChange).map(({ owner }) => owner);
  const next = [
    ...(changed.includes('desktop') ? [startDesktop(remove === true ? 'setup --remove' : 'setup')] : []),
    ...(changed.includes('bridge')
      ? ['If the supervisor is running, restart it: bridge-supervisor restart']
      : []),
    ...(remove ? [] : ['Next: bridge-supervisor install (or start), then bridge-supervisor doctor']),
  ];
  for (const line of doneLines(setupPlan, result, remove === true)) cli.out.line(line);
  if (next.length > 0) cli.out.line();
  for (const line of next) cli.out.line(line);
}

/** @param command The command that changed Desktop's file. */
function startDesktop(command: string): string {
  return `Start Claude Desktop. If it was running just now: quit it, run ${command} again, start it.`;
}

/** A claude that is not installed yet is no failure. One that refused is. */
function reportClaudeCodeFailure(cli: Cli, { code }: SetupPlan, { codeFailure }: SetupOutcome): void {
  if (code === null || codeFailure === null) return;
  const later = `run ${commandsOf(code).join(' && ')}`;
  if (code.claude === null) cli.out.hint(`Note: Claude Code was not found. When it is there, ${later}`);
  else fail(cli, `Claude Code was not changed: ${codeFailure}`, `Once that is fixed, ${later}`);
}
