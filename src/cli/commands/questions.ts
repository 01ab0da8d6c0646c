import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { type Question, questions } from '../../bridge/questions.ts';
import { withBridge } from '../../control/host.ts';
import { ok } from '../../result.ts';
import { toWireRequest } from '../../wire/request.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { examples } from '../terminal/usage.ts';
import { questionLines } from '../views/question-text.ts';
import { withProject } from '../with-project.ts';

interface Options {
  all?: true;
  json?: true;
}

export function questionsCommand(cli: Cli): Command {
  return new Command('questions')

    .addArgument(idArgument().argOptional())
    .option('--all', 'with a project: also what was decided')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor questions',
        'bridge-supervisor questions 3f9a --all',
        "bridge-supervisor questions --json | jq -r '.[].id'",
      ),
    )
    .action((id: string | undefined, { all, json }: Options) => {
      if (id === undefined) {
        if (all) return fail(cli, '--all needs the id of a project.');
        return withBridge(cli, async (bridge: Bridge) =>
          show(cli, await questions(bridge, { undecided: true }), json),
        );
      }
      return withProject(
        cli,
        id,
        async (bridge, projectId) => ok(await questions(bridge, { projectId, undecided: all !== true })),
        (asked) => show(cli, asked, json),
      );
    });
}

const ABOUT = `
What Claude asks in the middle of its work, oldest first: a question, or the
permission for one call, with all that the call was to be made with. These are
words of a model. Nothing runs on because of them until you decide.`;

function show(cli: Cli, asked: readonly Question[], json: true | undefined): void {
  const { out, clock } = cli;
  if (json) out.json(asked.map(({ request, resumeCost }) => toWireRequest(request, resumeCost)));
  else if (asked.length === 0) out.hint('Nothing waits for an answer.');
  else for (const line of questionLines(asked, layoutOf(out, clock.now()))) out.line(line);
}
