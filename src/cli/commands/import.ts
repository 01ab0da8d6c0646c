import { Command } from 'commander';
import { type ChannelImport, importChannels } from '../../bridge/import-channels.ts';
import { importGraph } from '../../bridge/import-graph.ts';
import { importProjects } from '../../bridge/import-projects.ts';
import { importRelay } from '../../bridge/import-relay.ts';
import { importScripts } from '../../bridge/import-scripts.ts';
import { channelLimits } from '../../config-channels.ts';
import { configOf, withBridge } from '../../control/host.ts';
import type { MemoryFile } from '../../project/memory-file.ts';
import { type CoworkFolder, readCoworkFolder } from '../../scripts/cowork-folder.ts';
import { openClaudeBridge } from '../../store/sqlite/claude-bridge-file.ts';
import { type PythonBridgeFile, readPythonBridge } from '../../store/sqlite/python-bridge-file.ts';
import { type ForeignRelayMessage, readRelayBuffer } from '../../store/sqlite/relay-buffer-file.ts';
import type {
  WireGraphImport,
  WireImport,
  WireMessageImport,
  WireProjectImport,
  WireScriptImport,
} from '../../wire/schemas/import.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, path } from '../terminal/arguments.ts';
import { examples } from '../terminal/usage.ts';
import {
  channelImportLines,
  graphImportLines,
  projectImportLines,
  relayImportLines,
  scriptImportLines,
} from '../views/import-text.ts';
import { memoryFileIn } from './read-memory-file.ts';

interface Options {
  readonly dryRun?: true;
  readonly json?: true;
}

export function importCommand(cli: Cli): Command {
  return new Command('import')

    .argument(
      '<file>',
      'a bridge.db of the Python bridge, a claude-bridge.db of Claude Bridge, a .relay_buffer.db of mcp-relay, a memory.jsonl of the reference memory server, or the folder of a cowork-to-code bridge',
      path,
    )
    .option('--dry-run', 'show what would be imported, and change nothing')
    .addOption(jsonOption())
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor import ~/.claude-bridge-python/bridge.db --dry-run',
        'bridge-supervisor import ~/claude-bridge.db',
        'bridge-supervisor import ~/.relay_buffer.db',
        'bridge-supervisor import ~/memory.jsonl',
        'bridge-supervisor import ~/.cowork-to-code-bridge',
      ),
    )
    .action((file: string, options: Options) => importFile(cli, file, options));
}

const ABOUT = `
Of the Python bridge: its projects, with their plans, updates, completions and
decisions. None begins by itself: what is open waits for you. Of Claude Bridge
and mcp-relay: the messages with their ids, times, order and keys, and how far
each consumer has come. Of a cowork-to-code bridge: what it ran; its scripts are
named and not copied, what waited there is not run, and its token stays there.
Of a memory server: all entities, observations and relations, into the graph.

The file is only read. What is here already stays, so a second import adds only
what is new. Stop the other program first, or import again after that.`;

async function importFile(cli: Cli, file: string, { dryRun, json }: Options): Promise<void> {
  const isDry = dryRun === true;
  const folder = await readCoworkFolder(file);
  if (folder !== undefined) return importCoworkFolder(cli, file, folder, isDry, json);
  const remembered = await memoryFileIn(file);
  if (remembered !== undefined)
    return remembered.ok
      ? importMemoryFile(cli, file, remembered.value, isDry, json)
      : fail(cli, remembered.refusal);
  const projects = readPythonBridge(file);
  if (projects !== undefined) return importPythonBridge(cli, file, projects, isDry, json);
  const relayed = readRelayBuffer(file);
  if (relayed !== undefined) return importRelayFile(cli, file, relayed, isDry, json);
  return importClaudeBridge(cli, file, isDry, json);
}

async function importPythonBridge(
  cli: Cli,
  file: string,
  { projects, notUnderstood }: PythonBridgeFile,
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const policy = configOf(cli);
  const done = await withBridge(cli, (bridge) => importProjects(bridge, projects, policy, cli.env, isDry));
  const wire: WireProjectImport = {
    dry_run: isDry,
    file,
    kind: 'python-bridge',
    projects: done.map(({ id, foreignId, ...same }) => ({
      project_id: id,
      foreign_id: foreignId,
      ...same,
    })),
    not_understood: [...notUnderstood],
  };
  print(cli, json, wire, projectImportLines(wire));
}

async function importRelayFile(
  cli: Cli,
  file: string,
  relayed: readonly ForeignRelayMessage[],
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const done = await withBridge(cli, (bridge) => importRelay(bridge, relayed, isDry));
  const none = { channels: 0, renamed: 0, without_key: 0, readers: 0 };
  const wire: WireMessageImport = { dry_run: isDry, file, kind: 'relay', ...none, ...done };
  print(cli, json, wire, relayImportLines(wire));
}

async function importMemoryFile(
  cli: Cli,
  file: string,
  remembered: MemoryFile,
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const done = await withBridge(cli, (bridge) => importGraph(bridge, remembered, isDry));
  if (!done.ok) return fail(cli, done.refusal);
  const { found, added, otherTypes } = done.value;
  const wire: WireGraphImport = {
    dry_run: isDry,
    file,
    kind: 'memory',
    found,
    added,
    other_types: [...otherTypes],
    cleaned: remembered.cleaned,
    divided: remembered.divided,
    blank: remembered.blank,
    not_understood: remembered.notUnderstood,
  };
  print(cli, json, wire, graphImportLines(wire));
}

async function importClaudeBridge(
  cli: Cli,
  file: string,
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const limits = channelLimits(configOf(cli).channels);
  const opened = openClaudeBridge(file);
  if (!opened.ok) return fail(cli, opened.refusal);
  try {
    const done = await withBridge(cli, (bridge) => importChannels(bridge, opened.value, limits, isDry));
    if (!done.ok) return fail(cli, done.refusal);
    const wire = channelsToWire(file, isDry, done.value);
    print(cli, json, wire, channelImportLines(wire));
  } finally {
    opened.value.close();
  }
}

async function importCoworkFolder(
  cli: Cli,
  file: string,
  { scripts, runs, tasks, unreadable }: CoworkFolder,
  isDry: boolean,
  json: true | undefined,
): Promise<void> {
  const { keep_days } = configOf(cli).scripts;
  const done = await withBridge(cli, (bridge) => importScripts(bridge, runs, file, keep_days, isDry));
  const { added, tooOld } = done;
  const wire: WireScriptImport = {
    dry_run: isDry,
    file,
    kind: 'cowork-to-code-bridge',
    scripts: [...scripts],
    runs: done.runs,
    added,
    too_old: tooOld,
    tasks,
    unreadable,
  };
  print(cli, json, wire, scriptImportLines(wire));
}

function channelsToWire(file: string, isDry: boolean, done: ChannelImport): WireMessageImport {
  const { withoutKey, ...same } = done;
  return { dry_run: isDry, file, kind: 'claude-bridge', ...same, without_key: withoutKey, unread: 0 };
}

function print(cli: Cli, json: true | undefined, wire: WireImport, lines: readonly string[]): void {
  if (json) cli.out.json(wire);
  else for (const line of lines) cli.out.line(line);
}
