import { Command } from 'commander';
import { type ChannelImport, importChannels } from '../../bridge/import-channels.ts';
import { importRelay, type RelayImport } from '../../bridge/import-relay.ts';
import { channelLimits } from '../../config-channels.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { plural } from '../../project/text.ts';
import { openClaudeBridge } from '../../store/sqlite/claude-bridge-file.ts';
import { type ForeignRelayMessage, readRelayBuffer } from '../../store/sqlite/relay-buffer-file.ts';
import type { WireImport } from '../../wire/schemas/import.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, path } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';

interface Options {
  readonly dryRun?: true;
  readonly json?: true;
}

export function importCommand(cli: Cli): Command {
  return new Command('import')

    .argument('<file>', 'a claude-bridge.db of Claude Bridge, or a .relay_buffer.db of mcp-relay', path)
    .option('--dry-run', 'show what would be imported, and change nothing')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor import ~/claude-bridge.db --dry-run',
        'bridge-supervisor import ~/claude-bridge.db',
        'bridge-supervisor import ~/.relay_buffer.db',
      ),
    )
    .action((file: string, options: Options) => importFile(cli, file, options));
}

const ABOUT = `
Takes over the messages with their ids, times, order and keys, and how far each
consumer has come. The file is only read. What is here already stays, so a
second import adds only what is new. Stop the other program first, or import
again after that.`;

async function importFile(cli: Cli, file: string, { dryRun, json }: Options): Promise<void> {
  const isDry = dryRun === true;
  const relayed = readRelayBuffer(file);
  if (relayed !== undefined) return importRelayFile(cli, file, relayed, isDry, json);
  const limits = channelLimits(configOf(cli).channels);
  const opened = openClaudeBridge(file);
  if (!opened.ok) return fail(cli, opened.refusal);
  try {
    const done = await withBridge(cli, (bridge) => importChannels(bridge, opened.value, limits, isDry));
    if (!done.ok) return fail(cli, done.refusal);
    if (json) return cli.out.json(toWire(file, isDry, done.value));
    for (const line of lines(isDry, done.value)) cli.out.line(line);
  } finally {
    opened.value.close();
  }
}

async function importRelayFile(
  cli: Cli,
  file: string,
  relayed: readonly ForeignRelayMessage[],
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const done = await withBridge(cli, (bridge) => importRelay(bridge, relayed, isDry));
  if (json) return cli.out.json(relayToWire(file, isDry, done));
  const { messages, added, unread } = done;
  cli.out.line(
    `${plural(added, 'message')} ${isDry ? 'to import' : 'imported'} into the relay, ${unread} of them unread; ${messages - added} of ${messages} are here already.`,
  );
  cli.out.line(isDry ? DRY : 'Next: bridge-supervisor setup --toolset relay');
}

function relayToWire(file: string, isDry: boolean, done: RelayImport): WireImport {
  return {
    dry_run: isDry,
    file,
    kind: 'relay',
    channels: 0,
    renamed: 0,
    without_key: 0,
    readers: 0,
    ...done,
  };
}

const DRY = 'Dry run: nothing was changed.';

function lines(isDry: boolean, done: ChannelImport): string[] {
  const { messages, added, channels, renamed, withoutKey, readers } = done;
  const verb = isDry ? 'to import' : 'imported';
  return [
    `${plural(added, 'message')} ${verb}, in ${plural(channels, 'channel')}; ${messages - added} of ${messages} are here already.`,
    ...(renamed > 0
      ? [
          `${plural(renamed, 'message')} under a cleaned name: tools take no name with control or hidden characters.`,
        ]
      : []),
    ...(withoutKey > 0
      ? [`${plural(withoutKey, 'message')} without a key: another message here has it.`]
      : []),
    `${plural(readers, 'reader')} ${isDry ? 'in the file' : 'moved forward'}.`,
    isDry ? DRY : 'Next: bridge-supervisor setup --toolset channels',
  ];
}

function toWire(file: string, isDry: boolean, done: ChannelImport): WireImport {
  const { withoutKey, ...same } = done;
  return { dry_run: isDry, file, kind: 'claude-bridge', ...same, without_key: withoutKey, unread: 0 };
}
