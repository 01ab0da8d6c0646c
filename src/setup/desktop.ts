/** Our server in the configuration of Claude Desktop. */
import { isDeepStrictEqual } from 'node:util';
import { changeBySettings, changeByUndoing, type FileChange } from './change.ts';
import { setValue, valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';
import { type Planned, planFile } from './plan-file.ts';
import { isOurs, type ServerStart, startOf } from './server-start.ts';

/** The name under which Claude Desktop knows us. */
export const DESKTOP_SERVER = 'claude_bridge_desktop';

const SERVERS = 'mcpServers';
/** Where our entry is. */
export const OURS = [SERVERS, DESKTOP_SERVER];

/** Makes Claude Desktop start our server. An entry of that name from an earlier version is brought up to date. */
export function planDesktop(
  path: string,
  wanted: ServerStart,
  former: FileRecord | undefined,
): Promise<Planned<FileChange>> {
  const settings = [{ path: OURS, value: wanted }];
  // Claude Desktop takes a file with a byte order mark for a broken one, and writes it anew without its servers.
  const change = { owner: 'desktop', settings, former, mayHaveMark: false } as const;
  return planFile(path, [OURS], (file) => changeBySettings(file, change));
}

/** Takes our server out of it, and gives back what was there. Another one of our name that is not our doing stays. */
export function planDesktopRemoval(
  path: string,
  former: FileRecord | undefined,
): Promise<Planned<FileChange>> {
  return planFile(path, [OURS], (file) => {
    const isKnown = former !== undefined || isOurs('desktop', valueAt(file.text, OURS));
    return changeByUndoing(file, 'desktop', former, isKnown ? [OURS] : []);
  });
}

/** The text of a file that has our entry alone, for a person to copy. */
export function entryText(entry: ServerStart): string {
  return setValue('', OURS, entry).trimEnd();
}

/** Whether Claude Desktop has an entry under our name in this text. */
export function hasEntry(text: string | null): boolean {
  return text !== null && text.trim() !== '' && valueAt(text, OURS) !== undefined;
}

/** What is to be said of a change: what it takes away of others. */
export function losses({ file, bytes, former }: FileChange, wanted: ServerStart): string[] {
  const entry = valueAt(file.text, OURS);
  const isKnown =
    isOurs('desktop', entry) || former?.settings.some(({ value }) => isDeepStrictEqual(value, entry));
  const replaces = entry !== undefined && !isKnown && !isDeepStrictEqual(startOf(entry), wanted);
  const losesMark = file.hasMark && bytes !== file.bytes;
  return [
    ...(replaces ? [replacedWords(file.path)] : []),
    ...(losesMark
      ? [
          `${file.path} begins with a byte order mark, with which Claude Desktop does not read it: it is left out. setup --remove gives it back.`,
        ]
      : []),
  ];
}

/** @param where What has had the entry. */
export function replacedWords(where: string, name = DESKTOP_SERVER): string {
  return `${where} has another server under the name ${name}: its entry is replaced. setup --remove gives it back.`;
}

/** Other names under which Claude Desktop starts the same server: every tool would be there twice. */
export function twins({ file, text }: FileChange, wanted: ServerStart): string[] {
  const servers = Object.entries((valueAt(text ?? '', [SERVERS]) ?? {}) as Record<string, unknown>);
  return servers
    .filter(([name, entry]) => name !== DESKTOP_SERVER && isTwin(entry, wanted))
    .map(
      ([name]) =>
        `"${name}" in ${file.path} starts the same server, so Claude Desktop will show every tool twice. Remove it.`,
    );
}

function isTwin(entry: unknown, wanted: ServerStart): boolean {
  const { command, args } = startOf(entry) ?? { command: '', args: [] };
  const script = wanted.args.at(-3);
  const isOurs = [command, ...args].some(
    (part) => part === script || /(^|[\\/])bridge-supervisor(@|\.|\/|\\|$)/.test(part),
  );
  return isOurs && args.slice(-2).join(' ') === 'mcp desktop';
}
