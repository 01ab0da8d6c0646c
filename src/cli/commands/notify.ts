import { Command } from 'commander';
import { configOf, withBridge } from '../../control/host.ts';
import { listNotifications } from '../../control/notification-report.ts';
import { supervisorEnvironment } from '../../control/supervisor-environment.ts';
import { type TestedReceiver, testReceivers } from '../../control/test-receivers.ts';
import { EXIT } from '../../exit-codes.ts';
import { toWireNotificationList, toWireTestedReceiver } from '../../wire/notification.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, wholeNumber, yesOption } from '../terminal/arguments.ts';
import { layoutOf } from '../terminal/layout.ts';
import { stopRequest } from '../terminal/signals.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { notificationLines } from '../views/notification-text.ts';

export function notifyCommand(cli: Cli): Command {
  return new Command('notify')
    .helpCommand(false)
    .addCommand(testCommand(cli))
    .addCommand(listCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor notify test', 'bridge-supervisor notify list'));
}

const ABOUT = `
The supervisor tells whoever 'notify' in config.json names when a decision, an
answer or a permission is wanted, when a project is parked, and when no new run
starts for longer than ten minutes; and of messages of agents, where its 'kinds'
has 'message': on this desktop, by webhook, ntfy, Slack or Discord, by a
command of yours, or by push on each device whose browser asked for it on the
page. docs/notifications.md has every key.`;

function testCommand(cli: Cli): Command {
  return new Command('test')
    .description('Send a test to one receiver, or to all; one that was off is on again.')
    .argument('[name]', "its name in 'notify', or what its 'via' says; of a device, as 'notify list' has it")
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText(
      'after',
      `
Secrets are read as the supervisor reads them: in the environment of the service
where one is installed. Exit code: 1 when a receiver could not be reached.`,
    )
    .addHelpText('after', examples('bridge-supervisor notify test phone'))
    .action((name: string | undefined, { json }: { json?: true }) => test(cli, name, json));
}

async function test(cli: Cli, name: string | undefined, json: true | undefined): Promise<void> {
  const env = await supervisorEnvironment(cli);
  const config = configOf({ stateDir: cli.stateDir, env });
  const { createSender } = await import('../../notify/send.ts');
  const send = createSender({ env, clock: cli.clock, publicUrl: config.http.public_url });
  const stop = stopRequest();
  try {
    await withBridge(cli, async (bridge) => {
      const tested = await testReceivers(bridge, config.notify, name, send, stop.signal);
      if (!tested.ok) return fail(cli, tested.refusal, 'See docs/notifications.md.');
      if (tested.value.some(({ problem }) => problem !== null)) cli.exitCode = EXIT.failed;
      if (json) return cli.out.json(tested.value.map(toWireTestedReceiver));
      for (const one of tested.value) show(cli, one);
    });
  } finally {
    stop.dispose();
  }
}

function show(cli: Cli, { receiver: { name, via }, problem }: TestedReceiver): void {
  if (problem === null) cli.out.line(`${name}: sent by ${via}.`);
  else fail(cli, `${name} could not be reached by ${via}: ${plainLine(problem)}`);
}

const DEFAULT_LIMIT = 20;

function listCommand(cli: Cli): Command {
  return new Command('list')
    .description('List who is notified, how that goes, and the newest notifications.')
    .option('-n, --limit <number>', 'how many notifications', wholeNumber(1), DEFAULT_LIMIT)
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor notify list --json'))
    .action(({ limit, json }: { limit: number; json?: true }) =>
      withBridge(cli, async (bridge) => {
        const found = await listNotifications(bridge, configOf(cli).notify, limit);
        if (json) return cli.out.json(toWireNotificationList(found));
        if (found.receivers.length === 0) cli.out.hint("Nobody is notified: config.json has no 'notify'.");
        const { receivers, notifications } = found;
        for (const line of notificationLines(receivers, notifications, layoutOf(cli.out, cli.clock.now())))
          cli.out.line(line);
      }),
    );
}
