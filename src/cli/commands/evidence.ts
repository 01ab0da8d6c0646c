import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { readCheckOutputs, readPatch } from '../../bridge/evidence-files.ts';
import { type MeasuredRound, measuredRound } from '../../bridge/measured-round.ts';
import { readableConfig } from '../../control/host.ts';
import { nextCommands } from '../../control/next-commands.ts';
import { toWireShownEvidence } from '../../wire/evidence.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption, wholeNumber } from '../terminal/arguments.ts';
import { layoutOf, section } from '../terminal/layout.ts';
import { plainLines } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { evidenceLines, patchLines } from '../views/evidence-text.ts';
import { withProject } from '../with-project.ts';

interface Options {
  round?: number;
  diff?: true;
  checks?: true;
  json?: true;
}

export function evidenceCommand(cli: Cli): Command {
  return new Command('evidence')

    .addArgument(idArgument())
    .option('--round <number>', 'of this round; default: the newest', wholeNumber(1))
    .option('--diff', 'print the changes as a patch')
    .option('--checks', 'print what the checks printed')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor evidence 3f9a',
        'bridge-supervisor evidence 3f9a --diff | less',
        'bridge-supervisor evidence 3f9a --json | jq .checks_passed',
      ),
    )
    .action((id: string, options: Options) => {
      if ([options.diff, options.checks, options.json].filter(Boolean).length > 1)
        return fail(cli, '--diff, --checks and --json exclude each other', 'Give one of them.');
      return withProject(
        cli,
        id,
        (bridge, projectId) => measuredRound(bridge, readableConfig(cli), projectId, options.round),
        (shown, bridge) => show(cli, bridge, shown, options),
      );
    });
}

const ABOUT = `
What was measured of a round comes first, what Claude says after it. Into a pipe
--diff prints the patch as it is, to be applied; on a terminal nothing in it can
steer the terminal.`;

async function show(cli: Cli, bridge: Bridge, shown: MeasuredRound, options: Options): Promise<void> {
  const { out } = cli;
  const { measured, project, round } = shown;
  const layout = layoutOf(out, cli.clock.now());
  if (!options.diff && !options.checks && !options.json) {
    for (const line of evidenceLines(shown, layout)) out.line(line);
    const commands = shown.landing
      ? nextCommands(project, measured?.evidence.denied).map((one) => out.style('cyan', one))
      : [];
    for (const line of section(layout, 'Next', commands)) out.line(line);
    return;
  }
  if (!measured) return fail(cli, `round ${round} was not measured.`);
  if (options.json) return out.json(toWireShownEvidence(measured.evidence, shown.revision));
  if (options.diff) {
    const patch = await readPatch(bridge, measured);
    if (!patch.ok) return fail(cli, patch.refusal);
    if (!out.isTerminal) return out.raw(patch.value);
    for (const line of patchLines(plainLines(patch.value), out)) out.line(line);
    return;
  }
  const outputs = await readCheckOutputs(bridge, measured);
  if (!outputs.ok) return fail(cli, outputs.refusal);
  if (outputs.value.length === 0) out.hint('There are no checks.');
  for (const { name, text } of outputs.value) {
    out.line(out.style('bold', `== ${name}`));
    for (const line of plainLines(text ?? '(no longer kept)')) out.line(line);
  }
}
