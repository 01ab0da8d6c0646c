import { Command } from 'commander';
import { forRoot, isActive, serviceOf } from '../../control/find-service.ts';
import { withBridge } from '../../control/host.ts';
import { stopService } from '../../control/stop-service.ts';
import { type StopReport, stopSupervisor } from '../../control/stop-supervisor.ts';
import { defaultStopTimeout } from '../../control/stop-timeout.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import type { ServiceManager } from '../../machine/service/service.ts';
import { type Cli, fail } from '../context.ts';
import { duration } from '../terminal/arguments.ts';
import { withProgress } from '../terminal/progress.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';

export function stopCommand(cli: Cli): Command {
  return new Command('stop')

    .option('--timeout <duration>', 'how long to wait before sending a signal', duration)
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor stop', 'bridge-supervisor stop --timeout 0s'))
    .action(({ timeout }: { timeout?: number }) => stop(cli, timeout));
}

const ABOUT = `
Asks the supervisor to stop, and sends a signal after drain_timeout plus one
minute. Projects keep their place: the next supervisor continues them in the
same session. A stopped service starts again at the next boot or login.`;

/** @param isForGood Nothing is started right afterwards. */
export async function stop(
  cli: Cli,
  timeoutMs = defaultStopTimeout(cli),
  { isForGood = true, services = ownServices }: { isForGood?: boolean; services?: Services } = {},
): Promise<void> {
  const installed = await serviceOf(cli, services);
  const root = installed && forRoot(cli, installed.manager, isForGood ? 'stop' : 'restart');
  // What runs while the system service is down was started by hand, in the background.
  const isOwn = root && isForGood && !isActive(await installed.manager.status());
  if (root && !isOwn) return fail(cli, root);
  const service = isOwn ? null : installed;
  await withBridge(cli, async (bridge) => {
    if (!service)
      return say(
        cli,
        await withProgress(cli, WAITING, () => stopSupervisor(bridge, timeoutMs)),
        'The supervisor was not running.',
      );
    const { manager } = service;
    const before = await manager.status();
    const report = await withProgress(cli, WAITING, () => stopService(bridge, manager, timeoutMs));
    say(cli, report, `The ${manager.title} was not running.`, isActive(before) ? manager : undefined);
    if (isForGood && before.startsAt !== null)
      cli.out.line(
        `It starts again at the next ${before.startsAt}. To prevent that: bridge-supervisor uninstall`,
      );
  });
}

const WAITING = 'Waiting for the supervisor and its runs to end …';

/** @param service The service that ran the supervisor; undefined when it ran in the background. */
function say(cli: Cli, { supervisor, runs }: StopReport, none: string, service?: ServiceManager): void {
  const { out } = cli;
  if (!supervisor) out.line(service ? `Stopped the ${service.title}.` : none);
  else if (supervisor.by === 'not-ended')
    fail(
      cli,
      `the supervisor (pid ${supervisor.pid}) could not be stopped`,
      'Stop it as the user who started it.',
    );
  else {
    const how = supervisor.by === 'request' ? '' : `, ended by ${supervisor.by}`;
    if (service) out.line(`Stopped the ${service.title} (pid ${supervisor.pid}${how}).`);
    else out.line(`Stopped the supervisor (pid ${supervisor.pid}${how}).`);
  }
  for (const { run, by, leftovers } of runs) {
    out.line(`Stopped a run it left behind: ${run.id} of project ${run.projectId} (${by}).`);
    for (const { pid, name } of leftovers)
      fail(cli, `pid ${pid} (${plainLine(name)}) of run ${run.id} could not be stopped`, 'Stop it manually.');
  }
}
