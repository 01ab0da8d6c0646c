import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { BEGINNING, type Cursor, currentCursor } from '../../bridge/changes.ts';
import { projectState } from '../../bridge/queries.ts';
import { withBridge } from '../../control/host.ts';
import { describeStatus, whatNext } from '../../project/outline.ts';
import { isClosed, type Project } from '../../project/project.ts';
import { ok } from '../../result.ts';
import { type Cli, fail } from '../context.ts';
import { idArgument, jsonOption } from '../terminal/arguments.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { wrap } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { followAll, followProject } from '../views/follow.ts';
import { hintIfNobodyActs, named } from '../views/hints.ts';
import { viewFor } from '../views/live-view.ts';
import { withProject } from '../with-project.ts';

interface Options {
  history?: true;
  json?: true;
}

export function watchCommand(cli: Cli): Command {
  return new Command('watch')

    .addArgument(idArgument().argOptional())
    .option('--history', 'start with past events')
    .addOption(jsonOption('one event per line'))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor watch', 'bridge-supervisor watch 3f9a --json | jq .type'),
    )
    .action((id: string | undefined, options: Options) =>
      id === undefined ? watchAll(cli, options) : watchOne(cli, id, options),
    );
}

const ABOUT = `
With an ID it ends when the project closes: exit code 0 when complete, 1 when
cancelled. Without one it runs until ctrl-c (exit code 130).`;

async function watchAll(cli: Cli, options: Options): Promise<void> {
  await withBridge(cli, async (bridge) => {
    await hintIfNobodyActs(cli, bridge);
    const signal = untilInterrupted(cli);
    const view = viewFor(cli, options.json === true, 'all');
    await followAll(bridge, { cursor: await begin(bridge, options), signal, view });
  });
}

async function watchOne(cli: Cli, id: string, options: Options): Promise<void> {
  await withProject(
    cli,
    id,
    async (bridge, projectId) => {
      // The cursor first: events between the two reads are then shown, not lost.
      const cursor = await begin(bridge, options);
      const state = await projectState(bridge, projectId);
      return state.ok ? ok({ cursor, project: state.value.project }) : state;
    },
    async ({ cursor, project }, bridge) => {
      if (!options.json) await introduce(cli, bridge, project);
      const signal = untilInterrupted(cli);
      const view = viewFor(cli, options.json === true, 'one');
      const isEnd = (now: Project) => isClosed(now.status);
      const last = await followProject(bridge, project, isEnd, { cursor, signal, view });
      if (last.status === 'cancelled') fail(cli, `${named(last)} was cancelled.`);
    },
  );
}

async function begin(bridge: Bridge, { history }: Options): Promise<Cursor> {
  return history ? BEGINNING : currentCursor(bridge);
}

async function introduce({ out, ...cli }: Cli, bridge: Bridge, project: Project): Promise<void> {
  for (const line of wrap(named(project), out.columns)) out.line(out.style('bold', line));
  for (const line of wrap(`${describeStatus(project)}: ${whatNext(project)}`, out.columns)) out.line(line);
  if (!isClosed(project.status)) await hintIfNobodyActs({ out, ...cli }, bridge);
}
