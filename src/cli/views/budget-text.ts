/** What `budget` prints. */
import type { BudgetReport } from '../../project/budget.ts';
import { chargedUsd, describeCosts, dollars } from '../../project/costs.ts';
import type { Layout } from '../terminal/layout.ts';
import { flow } from '../terminal/text.ts';
import { upcoming } from '../terminal/time.ts';

const NAMES = { day: 'Today', month: 'This month' };
const WIDTH = 'This month'.length;

export function budgetLines(report: BudgetReport, { columns, now, out }: Layout): string[] {
  const { runUsd, projectUsd, workspaces, periods } = report;
  const named = Object.entries(workspaces).map(([name, usd]) => `${name}: ${dollars(usd)}`);
  return [
    ...periods.flatMap(({ period, limitUsd, spent, endsAt }) => {
      const of = limitUsd === null ? ', no limit' : ` of ${dollars(limitUsd)}`;
      const isSpent = limitUsd !== null && chargedUsd(spent, limitUsd) >= limitUsd;
      const state = isSpent ? [out.style('yellow', 'spent: no run starts')] : [];
      const facts = [`${describeCosts(spent)}${of}`, ...state, `until ${upcoming(endsAt, now)}`];
      return row(NAMES[period], facts, columns);
    }),
    ...row('A project', [atMost(projectUsd), ...named], columns),
    ...row('A run', [atMost(runUsd)], columns),
  ];
}

function row(name: string, facts: readonly string[], columns: number): string[] {
  const [first = '', ...others] = flow(facts, columns - WIDTH - 2);
  return [`${name.padEnd(WIDTH)}  ${first}`, ...others.map((line) => ' '.repeat(WIDTH + 2) + line)];
}

function atMost(usd: number | null): string {
  return usd === null ? 'no limit' : `at most ${dollars(usd)}`;
}
