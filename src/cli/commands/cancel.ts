import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { cancel } from '../../bridge/control.ts';
import { projectState } from '../../bridge/queries.ts';
import type { ProjectId } from '../../project/ids.ts';
import { isClosed, type Project } from '../../project/project.ts';
import { type Result, refuse } from '../../result.ts';
import type { Cli } from '../context.ts';
import { idArgument, yesOption } from '../terminal/arguments.ts';
import { canAsk, confirm } from '../terminal/ask.ts';
import { examples } from '../terminal/usage.ts';
import { named } from '../views/hints.ts';
import { withProject } from '../with-project.ts';

interface Options {
  reason?: string;
  yes?: true;
}

export function cancelCommand(cli: Cli): Command {
  return new Command('cancel')

    .addArgument(idArgument())
    .option('--reason <text>', 'why, for the record')
    .addOption(yesOption())
    .addHelpText('after', '\nAsks for confirmation. Without a terminal it needs --yes.')
    .addHelpText('after', examples('bridge-supervisor cancel 3f9a --reason "no longer needed" --yes'))
    .action((id: string, options: Options) =>
      withProject(
        cli,
        id,
        (bridge, projectId) => cancelIfSure(bridge, projectId, options),
        ({ project, repeated }) => {
          if (project.status === 'complete')
            cli.out.line(`${named(project)} is already complete; its run is being stopped.`);
          else cli.out.line(`${named(project)} ${repeated ? 'was already' : 'is'} cancelled.`);
        },
      ),
    );
}

async function cancelIfSure(
  bridge: Bridge,
  projectId: ProjectId,
  { reason, yes }: Options,
): Promise<Result<{ project: Project; repeated: boolean }>> {
  const found = await projectState(bridge, projectId);
  if (!found.ok) return found;
  const { project, run } = found.value;
  if (!yes && !isClosed(project.status)) {
    if (!canAsk())
      return refuse(`cancelling ${named(project)} needs confirmation but there is no terminal. Add --yes.`);
    const question = `Cancel ${named(project)}${run ? ' and end its run' : ''}?`;
    if (!(await confirm(question)))
      return refuse(`${named(project)} was not cancelled; nothing was changed.`);
  }
  return cancel(bridge, projectId, reason ?? '', 'person');
}
