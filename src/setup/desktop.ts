/** Our server in the configuration of Claude Desktop. */
import { changeBySettings, changeByUndoing, type FileChange } from './change.ts';
import { valueAt } from './json-text.ts';
import { type Planned, planFile } from './plan-file.ts';
import type { FileRecord } from './record.ts';
import { type ServerStart, startOf } from './server-start.ts';

/** The name under which Claude Desktop knows us. */
export const DESKTOP_SERVER = 'claude_bridge_desktop';

const SERVERS = 'mcpServers';
const OURS = [SERVERS, DESKTOP_SERVER];

/** Makes Claude Desktop start our server. An entry of that name from an earlier version is brought up to date. */
export function planDesktop(
  path: string,
  wanted: ServerStart,
  former: FileRecord | undefined,
): Promise<Planned<FileChange>> {
  const settings = [{ path: OURS, value: wanted }];
  return planFile(path, [OURS], (file) => changeBySettings(file, 'desktop', settings, former));
}

/** Takes our server out of it. */
export function planDesktopRemoval(
  path: string,
  former: FileRecord | undefined,
): Promise<Planned<FileChange>> {
  return planFile(path, [OURS], (file) => changeByUndoing(file, 'desktop', former, [OURS]));
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
