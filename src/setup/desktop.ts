/** Our server in the configuration of Claude Desktop. */
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../result.ts';
import { applySettings, type FilePlan, undoSettings } from './change.ts';
import { setValue, valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';
import { planFile } from './plan-file.ts';
import { isOurs, type ServerStart, startOf } from './server-start.ts';

/** The name under which Claude Desktop knows us. */
export const DESKTOP_SERVER = 'claude_bridge_desktop';

const SERVERS = 'mcpServers';
/** The path of our entry. */
export const OURS = [SERVERS, DESKTOP_SERVER];

/** Plans our entry in Claude Desktop's file. Updates one from an earlier version. */
export function planDesktop(
  path: string,
  wanted: ServerStart,
  former: FileRecord | undefined,
): Promise<Result<FilePlan>> {
  const settings = [{ path: OURS, value: wanted }];
  // Claude Desktop treats a file with a byte order mark as broken and may replace it without its servers.
  const change = { owner: 'desktop', settings, former, mayHaveBom: false } as const;
  return planFile(path, [OURS], (file) => applySettings(file, change));
}

/** Plans to remove our entry and restore the former one. Another server's entry under our name stays. */
export function planDesktopRemoval(path: string, former: FileRecord | undefined): Promise<Result<FilePlan>> {
  return planFile(path, [OURS], (file) => {
    const isKnown = former !== undefined || isOurs('desktop', valueAt(file.text, OURS));
    return undoSettings(file, 'desktop', former, isKnown ? [OURS] : []);
  });
}

/** A file with only our entry, for a person to copy. */
export function entryText(entry: ServerStart): string {
  return setValue('', OURS, entry).trimEnd();
}

/** Whether Claude Desktop has an entry under our name in this text. */
export function hasEntry(text: string | null): boolean {
  return text !== null && text.trim() !== '' && valueAt(text, OURS) !== undefined;
}

/** Warnings about what a change takes away from others. */
export function lossWarnings({ file, bytes, former }: FilePlan, wanted: ServerStart): string[] {
  const entry = valueAt(file.text, OURS);
  const isKnown =
    isOurs('desktop', entry) || former?.settings.some(({ value }) => isDeepStrictEqual(value, entry));
  const replaces = entry !== undefined && !isKnown && !isDeepStrictEqual(startOf(entry), wanted);
  const losesMark = file.hasBom && bytes !== file.bytes;
  return [
    ...(replaces ? [replacedWarning(file.path)] : []),
    ...(losesMark
      ? [
          `${file.path} begins with a byte order mark, which Claude Desktop cannot read: it is removed. setup --remove restores it.`,
        ]
      : []),
  ];
}

/** @param where The file or program that has the entry. */
export function replacedWarning(where: string, name = DESKTOP_SERVER): string {
  return `${where} has another server named ${name}: its entry is replaced. setup --remove restores it.`;
}

/** Warnings about other names for the same server, which make every tool appear twice. */
export function duplicateWarnings({ file, text }: FilePlan, wanted: ServerStart): string[] {
  const servers = Object.entries((valueAt(text ?? '', [SERVERS]) ?? {}) as Record<string, unknown>);
  return servers
    .filter(([name, entry]) => name !== DESKTOP_SERVER && isDuplicate(entry, wanted))
    .map(
      ([name]) =>
        `"${name}" in ${file.path} starts the same server, so Claude Desktop shows every tool twice. Remove it.`,
    );
}

function isDuplicate(entry: unknown, wanted: ServerStart): boolean {
  const { command, args } = startOf(entry) ?? { command: '', args: [] };
  const script = wanted.args.at(-3);
  const isOurs = [command, ...args].some(
    (part) => part === script || /(^|[\\/])bridge-supervisor(@|\.|\/|\\|$)/.test(part),
  );
  return isOurs && args.slice(-2).join(' ') === 'mcp desktop';
}
