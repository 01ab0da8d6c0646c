import { Command } from 'commander';
import { withBridge } from '../../control/host.ts';
import { statusReport } from '../../control/status-report.ts';
import { EXIT } from '../../exit-codes.ts';
import { toWireStatus } from '../../wire/status.ts';
import type { Cli } from '../context.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import { statusLines } from '../views/status-text.ts';

export function statusCommand(cli: Cli): Command {
  return new Command('status')

    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor status', 'bridge-supervisor status --json | jq .waiting'),
    )
    .action(({ json }: { json?: true }) =>
      withBridge(cli, async (bridge) => {
        const report = await statusReport(cli, bridge);
        if (json) cli.out.json(toWireStatus(report));
        else for (const line of statusLines(report, cli.out)) cli.out.line(line);
        if (!report.ok) cli.exitCode = EXIT.notWorking;
      }),
    );
}

const ABOUT = `
Exit code: 0 when the supervisor runs; 3 when it does not, is stopping, does not
respond, or cannot write its store or its log (see Problems).`;
