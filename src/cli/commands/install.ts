import { Command, Option } from 'commander';
import { overview } from '../../bridge/queries.ts';
import { withBridge } from '../../control/host.ts';
import { EXIT } from '../../exit-codes.ts';
import { activate } from '../../install/activate.ts';
import { apply } from '../../install/apply.ts';
import { STEPS, type Step, takeStep } from '../../install/as-user.ts';
import { type InstallPlan, type PlanOptions, planInstallation } from '../../install/plan.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import { ServiceError } from '../../machine/service/service.ts';

import { type Cli, fail } from '../context.ts';
import { jsonOption, yesOption } from '../terminal/arguments.ts';
import { canAsk, confirm } from '../terminal/ask.ts';
import { waiting } from '../terminal/progress.ts';
import { examples } from '../terminal/usage.ts';
import { Report } from '../views/install-report.ts';

export interface InstallOptions extends PlanOptions {
  readonly dryRun?: true;
  readonly start: boolean;
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
  /** This process takes one step of an installation, as the user of the service. */
  readonly asUserStep?: Step;
}

export function installCommand(cli: Cli): Command {
  return new Command('install')
    .description('Install the supervisor as a service that starts by itself, or upgrade it.')
    .option('--dry-run', 'show what would be written and run, and change nothing')
    .option('--no-start', 'only install it')
    .option('--env <name...>', 'further variables to put into service.env')
    .option('--capture-environment', 'write service.env anew; the old one is kept as service.env.bak')
    .option('--system', 'a service of the machine, started at boot (systemd, as root)')
    .option('--user <name>', 'with --system: the user it runs as')
    .option('--hardened', 'with --system: stricter; some tools may not work in runs')
    .option('--no-hardened', 'take that back')
    .option('--force', 'install in spite of problems')
    .addOption(yesOption())
    .addOption(jsonOption())
    .addOption(new Option('--as-user-step <step>').choices(STEPS).hideHelp())
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
It becomes a systemd user service, a launchd agent, or a task of Windows' Task
Scheduler. First it looks, with the environment the service will have, for
Claude, its login, the workspaces and the state folder. That environment is in
service.env in the state folder, readable by you alone: PATH, proxies,
certificates, and the variables of Claude and of clouds that are set here. An
existing service.env stays as it is. Installing twice is installing once.`;

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
    const looking = 'Looking at what the service would find …';
    const planned = await waiting(cli, looking, () => planInstallation(cli, options, services));
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
  report.checks();
  const problems = plan.checks.filter(({ state }) => state === 'problem').length;
  const isRefused = problems > 0 && !options.force;
  if (options.dryRun) {
    const start = options.start ? 'It would be started.' : 'It would not be started (--no-start).';
    report.preview(isRefused ? 'But nothing would be installed, with the problems above.' : start);
    if (isRefused) cli.exitCode = EXIT.failed;
    return;
  }
  if (isRefused) {
    report.end();
    const what = problems === 1 ? 'a problem' : `${problems} problems`;
    return fail(cli, `nothing was installed: ${what} would keep the service from its work`, NOT_SO);
  }
  if (!(await isAllowed(cli, plan, options))) return fail(cli, 'nothing was installed');

  const applied = await apply(plan);
  if (!applied.ok) return fail(cli, applied.refusal);
  report.installed();
  if (options.start) {
    const work = await waiting(cli, 'Waiting for the service to come up …', () =>
      activate(cli, plan, services),
    );
    report.started(work);
    const { result } = work;
    if (result.kind === 'failed') {
      report.end();
      return fail(cli, `the service is installed and did not start: ${result.what}`);
    }
  }
  report.remarks(await plan.target.manager.remarks());
  report.end();
}

const NOT_SO = 'Mend what is shown above, or add --force.';

/** Runs under way would be interrupted: they go on afterwards, yet perhaps not now. */
async function isAllowed(
  cli: Cli,
  { target, isChange }: InstallPlan,
  { yes, start, json }: InstallOptions,
): Promise<boolean> {
  if (yes || json || !start || !isChange || target.isOtherUser || !canAsk()) return true;
  const { running } = await withBridge(cli, (bridge) => overview(bridge, bridge.clock.now(), 0));
  if (running.length === 0) return true;
  const runs = running.length === 1 ? 'A run is' : `${running.length} runs are`;
  return confirm(`${runs} under way, interrupted by this and taken up again afterwards. Install now?`);
}
