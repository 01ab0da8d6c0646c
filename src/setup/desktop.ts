/** Our servers in the configuration of Claude Desktop. */
import { isDeepStrictEqual } from 'node:util';
import { type Side, serverName, TOOLSETS, type ToolsetName } from '../project/toolset.ts';
import type { Result } from '../result.ts';
import { applySettings, type FilePlan, undoSettings, undoSome } from './change.ts';
import { type JsonPath, setValue, valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';
import { planFile } from './plan-file.ts';
import { isOurs, type ServerStart, startOf } from './server-start.ts';
import type { SharedEntry } from './share.ts';

/** The name under which Claude Desktop knows us. */
export const DESKTOP_SERVER = serverName('desktop');

const SERVERS = 'mcpServers';
/** The path of our entry for the tools of the loop. */
export const OURS = [SERVERS, DESKTOP_SERVER];

/** The servers that Claude Desktop may have. */
const SIDES = ['desktop', ...TOOLSETS] as const;

/** The paths of all entries we may have. */
export const ALL_OURS = SIDES.map(pathOf);

function pathOf(side: (typeof SIDES)[number]): JsonPath {
  return [SERVERS, serverName(side)];
}

/** What Claude Desktop is to have besides the server for the loop. */
export interface DesktopExtras {
  readonly toolsets: readonly ToolsetName[];
  /** Servers of the person's own. */
  readonly shared: readonly SharedEntry[];
}

/**
 * Plans our entries in Claude Desktop's file: that of the loop, of the toolsets asked for, and of those that are there, as
 * an earlier version may have left them; and the person's own servers. Refuses where another server has the name of one.
 */
export function planDesktop(
  path: string,
  startOfSide: (side: Side) => ServerStart,
  { toolsets, shared }: DesktopExtras,
  former: FileRecord | undefined,
): Promise<Result<FilePlan>> {
  return planFile(
    path,
    [...ALL_OURS, ...shared.map(({ name }) => sharedPath(name))],
    (file) => {
      const wanted = TOOLSETS.filter(
        (name) => toolsets.includes(name) || isOurs(name, valueAt(file.text, pathOf(name))),
      );
      const kept = shared.filter(
        ({ name, isAskedFor }) => isAskedFor || isAsWeShared(name, file.text, former),
      );
      const settings = [
        { path: OURS, value: startOfSide('desktop') },
        ...wanted.map((name) => ({ path: pathOf(name), value: startOfSide(name) })),
        ...kept.map(({ name, entry }) => ({ path: sharedPath(name), value: entry })),
      ];
      // Claude Desktop treats a file with a byte order mark as broken and may replace it without its servers.
      return applySettings(file, { owner: 'desktop', settings, former, mayHaveBom: false });
    },
    (text) => whyNameTaken(text, shared, former),
  );
}

function sharedPath(name: string): JsonPath {
  return [SERVERS, name];
}

/** The names under which setup has written servers of the person's own. */
export function sharedNames(former: FileRecord | undefined): string[] {
  const isOur = (path: JsonPath) => ALL_OURS.some((own) => isDeepStrictEqual(own, path));
  return (former?.settings ?? []).flatMap(({ path }) => (isOur(path) ? [] : path.slice(1)));
}

function isAsWeShared(name: string, text: string, former: FileRecord | undefined): boolean {
  const setting = former?.settings.find(({ path }) => isDeepStrictEqual(path, sharedPath(name)));
  return setting !== undefined && isDeepStrictEqual(valueAt(text, sharedPath(name)), setting.value);
}

function whyNameTaken(
  text: string,
  shared: readonly SharedEntry[],
  former: FileRecord | undefined,
): string | null {
  if (text.trim() === '') return null;
  const taken = shared.find(({ name, entry, isAskedFor }) => {
    const there = valueAt(text, sharedPath(name));
    const isOther = there !== undefined && !isDeepStrictEqual(there, entry);
    return isAskedFor && isOther && !isAsWeShared(name, text, former);
  });
  return taken === undefined
    ? null
    : `it has another server named ${taken.name}, which stays as it is: give yours another name in mcp_servers, or remove that one`;
}

/** Plans to remove our entries and restore the former ones. Another server's entry under our name stays. */
export function planDesktopRemoval(path: string, former: FileRecord | undefined): Promise<Result<FilePlan>> {
  return planFile(path, ALL_OURS, (file) =>
    undoSettings(
      file,
      'desktop',
      former,
      SIDES.filter((side) => isRemoved(side, file.text, former)).map(pathOf),
    ),
  );
}

/** Plans to remove some of our entries alone; one that somebody has changed since stays. */
export function planPartRemoval(
  path: string,
  { toolsets, shared }: { readonly toolsets: readonly ToolsetName[]; readonly shared: readonly string[] },
  former: FileRecord | undefined,
): Promise<Result<FilePlan>> {
  return planFile(path, [...ALL_OURS, ...shared.map(sharedPath)], async (file) => {
    const places = [
      ...toolsets.filter((side) => isOurs(side, valueAt(file.text, pathOf(side)))).map(pathOf),
      ...shared.filter((name) => isAsWeShared(name, file.text, former)).map(sharedPath),
    ];
    return undoSome(file, 'desktop', former, places);
  });
}

function isRemoved(side: (typeof SIDES)[number], text: string, former: FileRecord | undefined): boolean {
  if (side === 'desktop' && former !== undefined) return true;
  return isOurs(side, valueAt(text, pathOf(side)));
}

/** A file with only our entry, for a person to copy. */
export function entryText(entry: ServerStart): string {
  return setValue('', OURS, entry).trimEnd();
}

/** The names of ours, and of the servers that setup has shared, under which Claude Desktop has an entry in this text. */
export function entriesIn(text: string | null, shared: readonly string[] = []): string[] {
  if (text === null || text.trim() === '') return [];
  return [...ALL_OURS, ...shared.map(sharedPath)]
    .filter((path) => valueAt(text, path) !== undefined)
    .flatMap((path) => path.slice(-1));
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
export function replacedWarning(where: string, name: string = DESKTOP_SERVER): string {
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
