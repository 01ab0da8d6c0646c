import { Argument, Command, Option } from 'commander';
import { deleteMemory, listMemory, type MemoryHead, readMemory, setMemory } from '../../bridge/memory.ts';
import { escapeHidden } from '../../characters.ts';
import { memoryLimits } from '../../config-channels.ts';
import { configOf, withBridge } from '../../control/host.ts';
import { messageOf } from '../../error-message.ts';
import { describeAuthor } from '../../project/memory.ts';
import { plural } from '../../project/text.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { toWireMemoryHead } from '../../wire/memory.ts';
import { type Cli, fail } from '../context.ts';
import { jsonOption, wholeNumber, yesOption } from '../terminal/arguments.ts';
import { plainLine } from '../terminal/text.ts';
import { examples } from '../terminal/usage.ts';
import { memoryGraphCommand } from './memory-graph.ts';
import { readText } from './read-text.ts';

const PERSON = { actor: 'person', runId: null } as const;

type Json = { json?: true };

export function memoryCommand(cli: Cli): Command {
  return new Command('memory')
    .helpCommand(false)
    .addCommand(listCommand(cli))
    .addCommand(getCommand(cli))
    .addCommand(setCommand(cli))
    .addCommand(deleteCommand(cli))
    .addCommand(memoryGraphCommand(cli))
    .addHelpText('after', ABOUT)
    .addHelpText(
      'after',
      examples('bridge-supervisor memory list', 'bridge-supervisor memory get shop/port'),
    );
}

const ABOUT = `
Claude Desktop and Claude Code read and write it with the tools that
'setup --toolset memory' adds. Each change is a new version with its author;
earlier ones can be read. 'memory graph' is apart from the keys: the entities and
relations of 'setup --toolset graph'. docs/memory.md has the whole of it.`;

function keyArgument(): Argument {
  return new Argument('<key>', "of the memory, as 'memory list' shows it");
}

function ifVersionOption(): Option {
  return new Option(
    '--if-version <number>',
    'only if this is its newest version; 0: only if there is none',
  ).argParser(wholeNumber(0));
}

function listCommand(cli: Cli): Command {
  return new Command('list')
    .argument('[prefix]', 'only keys that begin so')
    .description('List the keys, with version, author, time and size.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor memory list shop/'))
    .action((prefix: string | undefined, { json }: Json) =>
      withBridge(cli, async (bridge) => {
        const { keys, total } = await listMemory(bridge, { prefix, limit: Number.MAX_SAFE_INTEGER - 1 });
        if (json)
          return cli.out.json({
            keys: keys.map(toWireMemoryHead),
            total_keys: total.keys,
            total_bytes: total.bytes,
          });
        for (const head of keys) cli.out.line(`${plainLine(head.key)}  ${versionText(head)}`);
        cli.out.line(
          `${plural(keys.length, 'key')} of ${total.keys}; ${plural(total.bytes, 'byte')} in all.`,
        );
      }),
    );
}

function versionText({ version, bytes, isDeleted, writtenAt, ...author }: MemoryHead): string {
  const what = isDeleted ? 'deleted' : plural(bytes, 'byte');
  return `version ${version}, ${what}, by ${plainLine(describeAuthor(author))}, ${writtenAt}`;
}

function getCommand(cli: Cli): Command {
  return new Command('get')
    .addArgument(keyArgument())
    .argument('[version]', 'this one instead of the newest', wholeNumber(1))
    .description('Show the value of a key, and which versions can be read.')
    .addOption(jsonOption())
    .addHelpText('after', examples('bridge-supervisor memory get shop/port 12'))
    .action((key: string, wanted: number | undefined, { json }: Json) =>
      withBridge(cli, async (bridge) => {
        const { entry, versions } = await readMemory(bridge, key, wanted);
        if (entry === undefined) return fail(cli, missing(key, wanted, versions), LOOK);
        const { value } = entry;
        if (json)
          return cli.out.json({
            ...toWireMemoryHead(entry),
            value: value === null ? null : JSON.parse(value),
            versions: versions.map(toWireMemoryHead).map(({ key: _, ...head }) => head),
          });
        // Escaped, so that nothing hides in it, and what is read back is the same.
        if (value !== null) cli.out.line(escapeHidden(JSON.stringify(JSON.parse(value), null, 2)));
        cli.out.hint(versionText(entry));
        for (const head of versions.filter(({ version }) => version !== entry.version))
          cli.out.hint(`also: ${versionText(head)}`);
      }),
    );
}

const LOOK = 'What there is: bridge-supervisor memory list';

function missing(key: string, wanted: number | undefined, versions: readonly MemoryHead[]): string {
  if (wanted === undefined || versions.length === 0) return `there is no key '${plainLine(key)}'.`;
  const numbers = versions.map(({ version }) => version).join(', ');
  return `there is no version ${wanted} of '${plainLine(key)}'; there are: ${numbers}.`;
}

function setCommand(cli: Cli): Command {
  return new Command('set')
    .addArgument(keyArgument())
    .argument('<value>', "JSON, or a text as it is; '-' reads it from stdin")
    .description('Write a value under a key.')
    .addOption(ifVersionOption())
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText(
      'after',
      `
What begins with {, [ or " must be JSON; anything else that is no JSON is kept as
a text.`,
    )
    .addHelpText(
      'after',
      examples(
        'bridge-supervisor memory set shop/port 8080',
        `bridge-supervisor memory set shop/hosts '["a","b"]' --if-version 12`,
      ),
    )
    .action(async (key: string, given: string, { ifVersion, json }: { ifVersion?: number } & Json) => {
      const text = given === '-' ? await readText('-', 'value', cli.out) : ok(given);
      if (!text.ok) return fail(cli, text.refusal);
      const read = readValue(text.value);
      if (!read.ok) return fail(cli, read.refusal);
      const value = read.value;
      const limits = memoryLimits(configOf(cli).memory);
      const done = await withBridge(cli, (bridge) =>
        setMemory(bridge, limits, { key, value, ifVersion }, PERSON),
      );
      if (!done.ok) return fail(cli, done.refusal);
      const { head, isUnchanged } = done.value;
      if (json) return cli.out.json({ ...toWireMemoryHead(head), unchanged: isUnchanged });
      cli.out.line(
        isUnchanged
          ? `${plainLine(key)} has this value already, at version ${head.version}.`
          : `${plainLine(key)} is at version ${head.version} now.`,
      );
    });
}

/** Whoever begins JSON and makes a mistake in it did not mean a text. */
function readValue(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return /^\s*[[{"]/.test(text) ? refuse(`the value is no JSON: ${messageOf(error)}.`) : ok(text);
  }
}

function deleteCommand(cli: Cli): Command {
  return new Command('delete')
    .addArgument(keyArgument())
    .description('Delete a key; its versions can be read for a time.')
    .addOption(ifVersionOption())
    .addOption(jsonOption())
    .addOption(yesOption().hideHelp())
    .addHelpText('after', examples('bridge-supervisor memory delete shop/port'))
    .action(async (key: string, { ifVersion, json }: { ifVersion?: number } & Json) => {
      const limits = memoryLimits(configOf(cli).memory);
      const done = await withBridge(cli, (bridge) =>
        deleteMemory(bridge, limits, { key, ifVersion }, PERSON),
      );
      if (!done.ok) return fail(cli, done.refusal);
      const { head, isDeleted } = done.value;
      if (json) return cli.out.json({ key, deleted: isDeleted, version: head?.version ?? null });
      cli.out.line(
        isDeleted
          ? `${plainLine(key)} is deleted, version ${head?.version}.`
          : `There is no key ${plainLine(key)}.`,
      );
    });
}
