import { Command } from 'commander';
import { budgetReport } from '../../control/budget-report.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { toWireBudget } from '../../wire/budget.ts';
import type { Cli } from '../context.ts';
import { jsonOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { examples } from '../terminal/usage.ts';
import { budgetLines } from '../views/budget-text.ts';

export function budgetCommand(cli: Cli): Command {
  return new Command('budget')

    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor budget', "bridge-supervisor budget --json | jq '.periods[0].spent_usd'"),
    )
    .action(({ json }: { json?: true }) => {
      const config = configOf(cli);
      return withBridge(cli, async (bridge) => {
        const report = await budgetReport(bridge, config);
        if (json) return cli.out.json(toWireBudget(report));
        for (const line of budgetLines(report, layoutOf(cli.out, cli.clock.now()))) cli.out.line(line);
      });
    });
}

const ABOUT = `
The limits are 'budget' in config.json. A run belongs to the day on which it
began. One whose cost is unknown counts as the dearest does, and at least as a
tenth of the limit. A project that spent its budget goes on with:
bridge-supervisor retry ID --budget USD`;
