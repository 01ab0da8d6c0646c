/** What setup would do and what it did, as text and as JSON. */

import { isDeepStrictEqual } from 'node:util';
import { shellWord } from '../../characters.ts';
import { type FilePlan, isChange } from '../../setup/change.ts';
import type { CodePlan } from '../../setup/code.ts';
import { ALL_OURS, DESKTOP_SERVER, entriesIn, sharedNames } from '../../setup/desktop.ts';
import type { SetupOutcome, SetupPlan } from '../../setup/setup.ts';
import type { WireSetup } from '../../wire/schemas/setup.ts';
import { changedLines } from '../terminal/diff.ts';
import { indented } from '../terminal/layout.ts';
import type { Output } from '../terminal/output.ts';
import { plainLines } from '../terminal/text.ts';
import { redactConfig, type VisibleValue } from './redacted-config.ts';

/** The plan: the lines that change in each file, and the commands to be run. */
export function planLines({ files, code }: SetupPlan, out: Output): string[] {
  const parts = files
    .filter(isChange)
    .map((change) => [
      out.style('bold', `${NAMES[change.owner]}${NOTES[kindOf(change)]}`),
      ...indented([change.file.path, ...diffOf(change).map((line) => coloured(line, out))]),
    ]);
  const commands = code ? commandsOf(code) : [];
  if (commands.length > 0) parts.push([out.style('bold', 'Claude Code'), ...indented(commands)]);
  if (files.some((change) => change.owner === 'desktop' && isChange(change))) parts.push([QUIT_FIRST]);
  return parts.flatMap((lines) => [...lines, '']);
}

const QUIT_FIRST = 'Quit Claude Desktop first: while it runs it may overwrite its file.';

/** What has been done, part by part. */
export function doneLines(
  { files, code }: SetupPlan,
  { codeFailure }: SetupOutcome,
  isRemoval: boolean,
): string[] {
  const wasTold = code !== null && codeFailure === null;
  return [
    ...files.flatMap((change) => fileLines(change, isRemoval)),
    ...(wasTold
      ? code.servers.map(
          ({ name, keepsAnother }) =>
            `Claude Code ${hasNow(isRemoval && keepsAnother, isRemoval, isCalledFor(code, name))} ${name}.`,
        )
      : []),
  ];
}

function isCalledFor({ calls }: CodePlan, name: string): boolean {
  return calls.some(({ args }) => args.includes(name));
}

/** The same for programs. */
export function setupJson({ files, code, warnings }: SetupPlan, done: SetupOutcome | null): WireSetup {
  return {
    dry_run: done === null,
    files: files.map((change) => ({
      owner: change.owner,
      path: change.file.path,
      change: kindOf(change),
      backup: change.backup,
      diff: diffOf(change),
    })),
    claude_code: code && { commands: commandsOf(code), failure: done?.codeFailure ?? null },
    warnings: [...warnings],
  };
}

/** The commands as they are typed. */
export function commandsOf({ calls, claude }: CodePlan): string[] {
  return calls.map(({ args, input }) => {
    const command = [claude ?? 'claude', ...args].map(shellWord).join(' ');
    return input === undefined ? command : `${command}  (the entry that was there; it is kept in setup.json)`;
  });
}

const NAMES: Readonly<Record<FilePlan['owner'], string>> = {
  desktop: 'Claude Desktop',
  bridge: 'Configuration',
  command: 'Claude Code, /get',
};

type Kind = 'created' | 'changed' | 'removed' | 'none';

const NOTES: Readonly<Record<Kind, string>> = {
  created: ' (a new file)',
  changed: '',
  removed: ' (the file is removed)',
  none: '',
};

function kindOf(change: FilePlan): Kind {
  if (!isChange(change)) return 'none';
  if (change.file.bytes === null) return 'created';
  return change.bytes === null ? 'removed' : 'changed';
}

/** What we set or had set. */
function shownOf({ owner, record, former }: FilePlan): readonly VisibleValue[] {
  const settings = [...(record?.settings ?? []), ...(former?.settings ?? [])];
  if (owner !== 'desktop') return settings;
  // A server of the person's own may hold secrets: only its name is shown.
  const ours = settings.filter(({ path }) => ALL_OURS.some((own) => isDeepStrictEqual(own, path)));
  return [...ALL_OURS.map((path) => ({ path })), ...ours];
}

function diffOf(change: FilePlan): string[] {
  const { file, text, owner } = change;
  // All of it is ours.
  if (owner === 'command') return changedLines(file.text, text ?? '').flatMap(plainLines);
  const shown = shownOf(change);
  return changedLines(redactConfig(file.text, shown), redactConfig(text ?? '', shown)).flatMap(plainLines);
}

function coloured(line: string, out: Output): string {
  if (line.startsWith('+')) return out.style('green', line);
  return line.startsWith('-') ? out.style('red', line) : line;
}

function fileLines(change: FilePlan, isRemoval: boolean): string[] {
  const { owner, file, backup } = change;
  // Nothing was asked for.
  if (owner === 'bridge' && !isChange(change)) return [];
  const heads = {
    desktop: () => desktopHead(change, isRemoval),
    bridge: () => `The configuration ${isRemoval ? 'is restored' : 'has your settings'}:`,
    command: () => `Claude Code ${hasNow(false, isRemoval, isChange(change))} the command /get:`,
  };
  const head = heads[owner]();
  return [head, ...indented([file.path, ...(backup === null ? [] : [`as it was: ${backup}`])])];
}

function desktopHead(change: FilePlan, isRemoval: boolean): string {
  const shared = [
    ...new Set([...sharedNames(change.former ?? undefined), ...sharedNames(change.record ?? undefined)]),
  ];
  const after = entriesIn(change.text, shared);
  if (!isRemoval) return `Claude Desktop ${hasNow(false, false, isChange(change))} ${after.join(' and ')}:`;
  const gone = entriesIn(change.file.text, shared).filter((name) => !after.includes(name));
  const names = gone.length === 0 ? [DESKTOP_SERVER] : gone;
  const keepsAnother = gone.length === 0 && after.includes(DESKTOP_SERVER);
  return `Claude Desktop ${hasNow(keepsAnother, true, isChange(change))} ${names.join(' and ')}:`;
}

function hasNow(isOfAnother: boolean, isRemoval: boolean, isNew: boolean): string {
  if (isOfAnother) return isNew ? 'has its former entry again for' : 'keeps another entry for';
  const since = isNew ? 'now' : 'already';
  return isRemoval ? `is ${since} without` : `${since} has`;
}
