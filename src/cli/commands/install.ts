import { Command, Option } from 'commander';
import { overview } from '../../bridge/queries.ts';
import { withBridge } from '../../control/host.ts';
import { EXIT } from '../../exit-codes.ts';
import { activate, apply } from '../../install/activate.ts';
import { takeStep, USER_STEPS, type UserStep } from '../../install/as-user.ts';
import { type InstallPlan, type InstallPlanOptions, planInstallation } from '../../install/plan.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import { ServiceError } from '../../machine/service/service.ts';

import { type Cli, fail } from '../context.ts';
import { jsonOption, yesOption } from '../terminal/arguments.ts';
import { canAsk, confirm } from '../terminal/ask.ts';
import { withProgress } from '../terminal/progress.ts';
import { examples } from '../terminal/usage.ts';
import { Report } from '../views/install-report.ts';

export interface InstallOptions extends InstallPlanOptions {
  readonly dryRun?: true;
  readonly start: boolean;
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
  /** This process runs one step of an installation, as the user of the service. */
  readonly asUserStep?: UserStep;
}

export function installCommand(cli: Cli): Command {
  return new Command('install')

    .option('--dry-run', 'show what would be written and run, and change nothing')
    .option('--no-start', 'install without starting')
    .option('--env <name...>', 'add these variables to service.env')
    .option('--capture-environment', 'rewrite service.env; the old one becomes service.env.bak')
    .option('--system', 'a system service, started at boot (systemd, as root)')
    .option('--user <name>', 'with --system: the user it runs as')
    .option('--hardened', 'with --system: a stricter sandbox; some tools may fail in runs')
    .option('--no-hardened', 'remove the stricter sandbox')
    .option('--force', 'install despite problems')
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(new Option('--as-user-step <step>').choices(USER_STEPS).hideHelp())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor install --dry-run',
        'bridge-supervisor install',
        'sudo bridge-supervisor install --system --user alice --hardened',
      ),
    )
    .action((options: InstallOptions) => install(cli, options));
}

const ABOUT = `
Installs a systemd user service, a launchd agent, or a task of Windows' Task
Scheduler. Checks first, in the environment the service will have, for Claude,
its login, the workspaces and the state folder. That environment is kept in
service.env in the state folder, readable only by you: PATH, proxies,
certificates, and the variables of Claude and of clouds that are set here. An
existing service.env is not changed. Installing twice changes nothing more.`;

export async function install(
  cli: Cli,
  options: InstallOptions,
  services: Services = ownServices,
): Promise<void> {
  if (options.asUserStep) {
    const answer = await takeStep(cli, options.asUserStep, services, process.stdin);
    return cli.out.raw(JSON.stringify(answer));
  }
  try {
    const looking = 'Checking what the service will find …';
    const planned = await withProgress(cli, looking, () => planInstallation(cli, options, services));
    if (!planned.ok) return fail(cli, planned.refusal);
    await carryOut(cli, planned.value, options, services);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    fail(cli, error.message);
  }
}

async function carryOut(
  cli: Cli,
  plan: InstallPlan,
  options: InstallOptions,
  services: Services,
): Promise<void> {
  const report = new Report(cli.out, plan, options.json ?? false);
  report.findings();
  const problems = plan.findings.filter(({ verdict }) => verdict === 'problem').length;
  const isRefused = problems > 0 && !options.force;
  if (options.dryRun) {
    const start = options.start ? 'It would be started.' : 'It would not be started (--no-start).';
    report.preview(isRefused ? 'With the problems above, nothing would be installed.' : start);
    if (isRefused) cli.exitCode = EXIT.failed;
    return;
  }
  if (isRefused) {
    report.end();
    const cause = problems === 1 ? 'a problem' : `${problems} problems`;
    return fail(cli, `nothing was installed: ${cause} would keep the service from working`, NOT_SO);
  }
  if (!(await isAllowed(cli, plan, options))) return fail(cli, 'nothing was installed');

  const applied = await apply(plan);
  if (!applied.ok) return fail(cli, applied.refusal);
  report.installed();
  if (options.start) {
    const work = await withProgress(cli, 'Waiting for the service to come up …', () =>
      activate(cli, plan, services),
    );
    report.started(work);
    const { result } = work;
    if (result.kind === 'failed') {
      report.end();
      return fail(cli, `the service is installed, but did not start: ${result.message}`);
    }
  }
  report.remarks(await plan.target.manager.remarks());
  report.end();
}

const NOT_SO = 'Fix the problems above, or add --force.';

/** Runs under way are interrupted and resume afterwards, so the person is asked. */
async function isAllowed(
  cli: Cli,
  { target, isChange }: InstallPlan,
  { yes, start, json }: InstallOptions,
): Promise<boolean> {
  if (yes || json || !start || !isChange || target.isOtherUser || !canAsk()) return true;
  const { running } = await withBridge(cli, (bridge) => overview(bridge, 0));
  if (running.length === 0) return true;
  const count = running.length === 1 ? '1 run; it resumes' : `${running.length} runs; they resume`;
  return confirm(`Installing interrupts ${count} afterwards. Continue?`);
}
