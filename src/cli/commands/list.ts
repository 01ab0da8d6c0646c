import { Command, Option } from 'commander';
import { checksOfRounds, projects } from '../../bridge/queries.ts';
import { withBridge } from '../../control/host.ts';
import { describeTitle } from '../../project/outline.ts';
import { isClosed, PROJECT_STATUSES, type Project, type ProjectStatus } from '../../project/project.ts';
import { toWireProject } from '../../wire/project.ts';
import type { Cli } from '../context.ts';
import { jsonOption, wholeNumber } from '../terminal/arguments.ts';
import { cell, clip } from '../terminal/text.ts';
import { ago } from '../terminal/time.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  status?: ProjectStatus[];
  all?: true;
  limit: number;
  json?: true;
}

export function listCommand(cli: Cli): Command {
  return new Command('list')

    .addOption(new Option('--status <status...>', 'only those in these statuses').choices(PROJECT_STATUSES))
    .option('--all', 'include closed ones (complete, cancelled)')
    .option('--limit <number>', 'maximum number of projects', wholeNumber(1), 50)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor list --status awaiting_approval',
        'bridge-supervisor list --all --limit 200 --json',
      ),
    )
    .action((options: Options) =>
      withBridge(cli, async (bridge) => {
        const statuses = options.status ?? (options.all ? PROJECT_STATUSES : OPEN);
        const found = await projects(bridge, { statuses, limit: options.limit + 1 });
        const shown = found.slice(0, options.limit);
        if (options.json) return cli.out.json(shown.map(toWireProject));
        if (shown.length === 0) cli.out.hint(nothing(options));
        else for (const line of table(cli, shown, await checksOfRounds(bridge, shown))) cli.out.line(line);
        if (found.length > shown.length) cli.out.hint(`There are more: add --limit ${options.limit * 2}.`);
      }),
    );
}

const OPEN = PROJECT_STATUSES.filter((status) => !isClosed(status));

function nothing({ all, status }: Options): string {
  if (status) return 'No project has such a status.';
  if (all) return 'There are no projects yet. Send a plan with: bridge-supervisor send plan.md';
  return 'No project is open. Add --all to see closed ones.';
}

const ID = 12;
const STATUS = 17;
const AGE = 8;
const CHECKS = 6;

/** On a narrower terminal the title gets the room of CHANGED, and of CHECKS, which few projects have. */
const MIN_COLUMNS_FOR_CHANGED = 70;

function table(
  { out, clock }: Cli,
  rows: readonly Project[],
  checks: ReadonlyMap<string, boolean | null>,
): string[] {
  const now = clock.now();
  const isWide = out.columns >= MIN_COLUMNS_FOR_CHANGED;
  const checked = (text: string) => (isWide && checks.size > 0 ? `${cell(text, CHECKS)} ` : '');
  const ages = (sent: string, changed: string) =>
    (isWide ? [sent, changed] : [sent]).map((age) => cell(age, AGE)).join(' ');
  const head = `${cell('ID', ID)} ${cell('STATUS', STATUS)} ${checked('CHECKS')}${ages('SENT', 'CHANGED')} `;
  const width = out.columns - head.length;
  return [
    out.style('bold', `${head}TITLE`),
    ...rows.map((project) => {
      const { id, status, createdAt, updatedAt } = project;
      const age = ages(ago(createdAt, now), ago(updatedAt, now));
      const result = checks.get(id);
      const word = result === undefined ? '' : result === null ? 'none' : result ? 'passed' : 'failed';
      const shown = checked(word);
      const measured = result === false ? out.style('red', shown) : shown;
      return `${id} ${out.style(COLORS[status], cell(status, STATUS))} ${measured}${age} ${clip(describeTitle(project), width)}`;
    }),
  ];
}

const COLORS: Record<ProjectStatus, 'cyan' | 'green' | 'yellow' | 'red' | 'dim' | 'reset'> = {
  pending: 'reset',
  in_progress: 'green',
  awaiting_answer: 'cyan',
  verifying: 'green',
  awaiting_approval: 'cyan',
  rejected: 'yellow',
  approved: 'green',
  complete: 'dim',
  cancelled: 'dim',
  attention: 'red',
};
