import { Command, Option } from 'commander';
import {
  clearRelay,
  type RelayMessage,
  type RelayRelease,
  relayCounts,
  releaseFromRelay,
} from '../../bridge/relay.ts';
import { withBridge } from '../../control/host.ts';
import { RELAY_CLIENTS, RELAY_NAMES, type RelayClient } from '../../project/relay.ts';
import { plural } from '../../project/text.ts';
import { toWireRelayMessage } from '../../wire/relay.ts';
import type { Cli } from '../context.ts';
import { jsonOption, wholeNumber, yesOption } from '../terminal/arguments.ts';
import { plainLines } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';

export function relayCommand(cli: Cli): Command {
  return new Command('relay')
    .helpCommand(false)
    .addCommand(getCommand(cli))
    .addCommand(statusCommand(cli))
    .addCommand(clearCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText('after', examples('bridge-supervisor relay get', 'bridge-supervisor relay status'));
}

const ABOUT = `
Claude Desktop and Claude Code send each other messages with the tools that
'setup --toolset relay' adds. With 'hold' of 'relay' in config.json, an agent
can fetch only what you have let through. docs/relay.md has the whole of it.`;

type Json = { json?: true };

function toOption(): Option {
  return new Option('--to <side>', 'for whom they are: code or desktop')
    .choices(RELAY_CLIENTS)
    .default('code');
}

function getCommand(cli: Cli): Command {
  return new Command('get')
    .description('Show what waits unread, oldest first, and let it through.')
    .addOption(toOption())
    .option('--limit <number>', 'so many at most', wholeNumber(1), 5)
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText(
      'after',
      `
It stays unread until the agent fetches it. Without 'hold' an agent can fetch
everything, and this only shows it.`,
    )
    .addHelpText('after', examples('bridge-supervisor relay get --to desktop --limit 1'))
    .action(({ to, limit, json }: { to: RelayClient; limit: number } & Json) =>
      withBridge(cli, async (bridge) => {
        const released = await releaseFromRelay(bridge, to, limit);
        if (json)
          return cli.out.json({
            messages: released.messages.map(toWireRelayMessage),
            left: released.left,
            passed: released.passed,
          });
        for (const line of releaseLines(to, released)) cli.out.line(line);
      }),
    );
}

function releaseLines(to: RelayClient, { messages, left, passed }: RelayRelease): string[] {
  const name = RELAY_NAMES[to];
  return [
    ...messages.flatMap(messageLines),
    messages.length === 0
      ? `Nothing new waits for ${name}.`
      : `${plural(messages.length, 'message')} let through to ${name}.`,
    ...(left > 0 ? [`${left} more: run this again.`] : []),
    ...(passed > 0 ? [`${plural(passed, 'message')} let through before, and not fetched yet.`] : []),
  ];
}

function messageLines({ number, sender, runId, createdAt, content }: RelayMessage): string[] {
  const run = runId === null ? '' : ` (run ${runId})`;
  return [
    `[${number}] ${sender}${run} @ ${createdAt}`,
    ...plainLines(content).map((line) => `> ${line}`.trimEnd()),
    '',
  ];
}

function statusCommand(cli: Cli): Command {
  return new Command('status')
    .description('Show how many messages there are, and how many each side has not read.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor relay status --json'))
    .action(({ json }: Json) =>
      withBridge(cli, async (bridge) => {
        const { messages, unread } = await relayCounts(bridge);
        if (json) return cli.out.json({ messages, unread });
        cli.out.line(
          `${plural(messages, 'message')}; unread: ${unread.desktop} for Desktop, ${unread.code} for Code.`,
        );
      }),
    );
}

function clearCommand(cli: Cli): Command {
  return new Command('clear')
    .description('Delete all messages, those that nobody has read too.')
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor relay clear'))
    .action(({ json }: Json) =>
      withBridge(cli, async (bridge) => {
        const { deleted, unread } = await clearRelay(bridge, 'person');
        if (json) return cli.out.json({ deleted, unread });
        cli.out.line(`${plural(deleted, 'message')} deleted, ${unread} of them unread.`);
      }),
    );
}
