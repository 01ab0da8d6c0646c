import { Command } from 'commander';
import type { Bridge } from '../../bridge/bridge.ts';
import { checkSettings } from '../../control/check-settings.ts';
import { forRoot, isActive } from '../../control/find-service.ts';
import { withBridge } from '../../control/host.ts';
import { prepareStateFolder } from '../../control/prepare-state-folder.ts';
import { startSupervisor } from '../../control/start-background.ts';
import { startService } from '../../control/start-service.ts';
import type { RunProgram } from '../../machine/program.ts';
import { ownServices, type Services } from '../../machine/service/find.ts';
import type { ServiceManager } from '../../machine/service/service.ts';
import { logFile } from '../../state-folder.ts';
import { type Cli, fail } from '../context.ts';
import { duration } from '../terminal/arguments.ts';
import { withProgress } from '../terminal/progress.ts';
import { examples } from '../terminal/usage.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

export function startCommand(cli: Cli): Command {
  return new Command('start')

    .option('--timeout <duration>', 'how long to wait for it (default: 30s)', duration)
    .addHelpText(
      'after',
      '\nReturns once the supervisor works, or explains why it does not. It runs until\n`stop`, even after this terminal is closed. Only a service survives a reboot:\nsee `install`.',
    )
    .addHelpText('after', examples('bridge-supervisor start'))
    .action(({ timeout }: { timeout?: number }) => start(cli, timeout));
}

/** Shared with `restart`. */
export async function start(
  cli: Cli,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  services: Services = ownServices,
): Promise<void> {
  const service = await checkSettings(cli, services);
  const root = service && forRoot(cli, service.manager, 'start');
  if (root) return fail(cli, root);
  const prepared = await prepareStateFolder(cli.stateDir);
  if (!prepared.ok) return fail(cli, prepared.refusal);
  await withBridge(cli, async (bridge) => {
    await withProgress(cli, 'Waiting for the supervisor to come up …', () =>
      service
        ? startServiceAndSay(cli, bridge, service.manager, timeoutMs, services.run)
        : startAndSay(cli, bridge, timeoutMs),
    );
  });
}

async function startAndSay(cli: Cli, bridge: Bridge, timeoutMs: number): Promise<void> {
  const result = await startSupervisor(cli, bridge, timeoutMs);
  if (result.kind === 'failed') return fail(cli, `the supervisor did not start: ${result.message}`);
  const state = result.kind === 'started' ? 'is running' : 'was already running';
  cli.out.line(`The supervisor ${state} (pid ${result.pid}).`);
  sayNext(cli);
}

async function startServiceAndSay(
  cli: Cli,
  bridge: Bridge,
  manager: ServiceManager,
  timeoutMs: number,
  run: RunProgram,
): Promise<void> {
  const before = await manager.status();
  const result = await startService(cli, bridge, manager, timeoutMs, run);
  if (result.kind === 'failed') return fail(cli, `the ${manager.title} did not start: ${result.message}`);
  if (result.kind === 'already-running' && !isActive(before)) {
    cli.out.line(`A supervisor was already running in the background (pid ${result.pid}).`);
    cli.out.line('To replace it with the service: bridge-supervisor restart');
    return;
  }
  const state = result.kind === 'started' ? 'is running' : 'was already running';
  cli.out.line(`The ${manager.title} ${state} (pid ${result.pid}).`);
  sayNext(cli);
}

function sayNext(cli: Cli): void {
  cli.out.line(`Log: ${logFile(cli.stateDir)}`);
  cli.out.line('Next: bridge-supervisor send plan.md, or bridge-supervisor status');
}
