import { Argument, Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { awaitScript, cancelScript, namedScriptRun, scriptRuns } from '../../bridge/script-runs.ts';
import { configOf, withBridge } from '../../control/host.ts';
import type { ScriptRun } from '../../project/script.ts';
import { ok, type Result } from '../../result.ts';
import { listScripts } from '../../scripts/catalog.ts';
import { settleScripts } from '../../scripts/settle-scripts.ts';
import { toWireScriptRun, toWireShownScriptRun } from '../../wire/script.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, wholeNumber, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { examples } from '../terminal/usage.ts';
import { listedScriptLines, scriptRunLines, shownScriptRunLines } from '../views/script-text.ts';

export function scriptsCommand(cli: Cli): Command {
  return new Command('scripts')
    .helpCommand(false)
    .addCommand(listCommand(cli))
    .addCommand(runsCommand(cli))
    .addCommand(showCommand(cli))
    .addCommand(cancelCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor scripts list', 'bridge-supervisor scripts runs'));
}

const ABOUT = `
Agents have scripts run with the tools that 'setup --toolset scripts' adds: those
that 'scripts' in config.json lists, and no others. docs/scripts.md has the whole
of it.`;

type Json = { json?: true };

function runArgument(): Argument {
  return new Argument('<run>', "id of a run, as 'scripts runs' shows it, or its first 4 or more characters");
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('Show the scripts that agents may have run, and what keeps one from running.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor scripts list --json'))
    .action(async ({ json }: Json) => {
      const { scripts } = configOf(cli);
      const both = await Promise.all(
        [false, true].map(async (inRuns) =>
          (await listScripts(scripts, inRuns)).map((one) => ({ ...one, in_runs: inRuns })),
        ),
      );
      const listed = both.flat();
      if (json) return cli.out.json(listed);
      for (const line of listedScriptLines(listed, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
    });
}

function runsCommand(cli: Cli): Command {
  return new Command('runs')
    .description('Show what ran, the newest first, and how it went.')
    .option('--limit <number>', 'so many at most', wholeNumber(1), 20)
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor scripts runs --limit 5'))
    .action(({ limit, json }: { limit: number } & Json) =>
      withBridge(cli, async (bridge) => {
        await settleScripts(bridge);
        const runs = await scriptRuns(bridge, limit);
        if (json) return cli.out.json(runs.map(toWireScriptRun));
        for (const line of scriptRunLines(runs, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
      }),
    );
}

function showCommand(cli: Cli): Command {
  return new Command('show')
    .description('Show one run, and the end of what it printed.')
    .addArgument(runArgument())
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor scripts show 3f9a'))
    .action((id: string, { json }: Json) =>
      withBridge(cli, async (bridge) => {
        await settleScripts(bridge);
        showRun(cli, await namedScriptRun(bridge, id), json);
      }),
    );
}

function cancelCommand(cli: Cli): Command {
  return new Command('cancel')
    .description('End a run, with everything it has started.')
    .addArgument(runArgument())
    .option('--reason <text>', 'why, for the record', '')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor scripts cancel 3f9a --reason "takes too long"'))
    .action((id: string, { reason, json }: { reason: string } & Json) =>
      withBridge(cli, async (bridge) => {
        await settleScripts(bridge);
        const found = await namedScriptRun(bridge, id);
        showRun(cli, found.ok ? ok(await endRun(bridge, found.value, reason)) : found, json);
      }),
    );
}

/** Longer than a script has between SIGTERM and SIGKILL. */
const CANCEL_MS = 10_000;

async function endRun(bridge: Bridge, run: ScriptRun, reason: string): Promise<ScriptRun> {
  await cancelScript(bridge, run.id, reason);
  const limits = { waitMs: CANCEL_MS };
  return (await awaitScript(bridge, run.id, ({ state }) => state !== 'running', limits)) ?? run;
}

function showRun(cli: Cli, found: Result<ScriptRun>, json: true | undefined): void {
  if (!found.ok) fail(cli, found.refusal, 'bridge-supervisor scripts runs lists them.');
  else if (json) cli.out.json(toWireShownScriptRun(found.value));
  else
    for (const line of shownScriptRunLines(found.value, layoutOf(cli.out, cli.clock.now())))
      cli.out.line(line);
}
