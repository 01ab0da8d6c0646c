import { Command } from 'commander';
import { type Cli, withBridge } from '../context.ts';
import { statusReport } from '../status-report.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { statusLines } from '../views/status-text.ts';

/** Nothing runs, or what runs cannot do its work. */
const NOT_OK = 3;

export function statusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show the supervisor, what it works on, what is queued and what waits for you.')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor status', 'bridge-supervisor status --json | jq .waiting'),
    )
    .action(({ json }: { json?: true }) =>
      withBridge(cli, async (bridge) => {
        const report = await statusReport(cli, bridge);
        if (json) cli.out.json(report);
        else for (const line of statusLines(report, cli.out)) cli.out.line(line);
        if (!report.ok) cli.exitCode = NOT_OK;
      }),
    );
}

const ABOUT = `
Exit code: 0 when the supervisor runs; 3 when it does not, is stopping, does not
respond, or cannot write its store or its log (see Problems).`;
