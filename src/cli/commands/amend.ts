import { Command } from 'commander';
import { type Amended, amendPlan } from '../../bridge/amend-plan.ts';
import { configOf } from '../../control/host.ts';
import { describeNotUsed } from '../../project/not-used.ts';
import { toWireAmended } from '../../wire/project-details.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption, pathOrStdin } from '../terminal/arguments.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';
import { readText } from './read-text.ts';

interface Options {
  requestId?: string;
  json?: true;
}

export function amendCommand(cli: Cli): Command {
  return new Command('amend')

    .addArgument(idArgument())
    .argument('<file>', "the whole new plan, or '-' for stdin", pathOrStdin)
    .option('--request-id <text>', 'a repeat with the same id amends nothing')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor amend 3f9a plan.md'))
    .action((id: string, file: string, options: Options) => amend(cli, id, file, options));
}

const ABOUT = `
The file replaces the plan; 'show ID --json' keeps every revision. Settings that
its front matter leaves out stay as they are. Claude is told at once if it works;
submitted work that waits for you goes back with the new plan, as if rejected.
Not while work is measured or lands. For the plan of a schedule: 'schedule amend'.`;

async function amend(cli: Cli, id: string, file: string, { requestId, json }: Options): Promise<void> {
  const plan = await readText(file, 'plan', cli.out);
  if (!plan.ok) return fail(cli, plan.refusal);
  const policy = configOf(cli);
  await withProject(
    cli,
    id,
    (bridge, projectId) =>
      amendPlan(
        bridge,
        policy,
        { projectId, markdown: plan.value, requestId: requestId || undefined },
        'person',
      ),
    async (amended, bridge) => {
      if (json) cli.out.json(toWireAmended(amended));
      else announce(cli, amended);
      await hintIfNobodyActs(cli, bridge);
    },
  );
}

function announce({ out }: Cli, { project, revision, repeated, reopened, notUsed }: Amended): void {
  if (repeated) {
    out.line(`${named(project)} was already amended with this id: revision ${revision}.`);
    return;
  }
  out.line(`The plan of ${named(project)} is amended: revision ${revision}.`);
  const note = describeNotUsed(notUsed);
  if (note !== undefined) out.line(plainLine(note));
  out.line(whatFollows(project.status, reopened));
}

function whatFollows(status: Amended['project']['status'], reopened: boolean): string {
  if (reopened) return 'The submitted work goes back to Claude with the new plan.';
  if (status === 'pending') return 'It begins with the new plan.';
  if (status === 'attention') return 'It goes on with the new plan when you retry it.';
  return 'Claude is told as soon as it can be.';
}
