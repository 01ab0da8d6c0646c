/** The person's folders in config.json of the state folder. */

import { configOfText } from '../config.ts';
import { configFile } from '../state-folder.ts';
import { changeBySettings, changeByUndoing, type FileChange, type Setting } from './change.ts';
import { type JsonPath, valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';
import { type Planned, planFile } from './plan-file.ts';

/** Absolute paths. */
export interface Folders {
  readonly workspaces: Readonly<Record<string, string>>;
  readonly roots: readonly string[];
  readonly defaultWorkspace?: string | undefined;
}

/** Adds the folders; what else is configured stays. Throws ConfigError when the outcome would be refused at a start. */
export function planWorkspaces(
  home: string,
  folders: Folders,
  former: FileRecord | undefined,
): Promise<Planned<FileChange>> {
  const path = configFile(home);
  const paths = settingsFor('', folders).map((setting) => setting.path);
  return planFile(path, paths, async (file) => {
    const settings = settingsFor(file.text, folders);
    const change = await changeBySettings(file, { owner: 'bridge', settings, former, mayHaveMark: true });
    configOfText(change.bytes && change.text, path, {});
    return change;
  });
}

/** Takes back what was added, where it is still as it was added. */
export function planWorkspacesRemoval(former: FileRecord): Promise<Planned<FileChange>> {
  const paths = former.settings.map((setting) => setting.path);
  return planFile(former.path, paths, (file) => changeByUndoing(file, 'bridge', former, []));
}

function settingsFor(text: string, { workspaces, roots, defaultWorkspace }: Folders): Setting[] {
  const named = Object.entries(workspaces).map(([name, path]) => ({
    path: placeOf(text, name),
    value: path,
  }));
  const allowed = roots.length === 0 ? [] : [{ path: ROOTS, value: withRoots(valueAt(text, ROOTS), roots) }];
  const standard = defaultWorkspace === undefined ? [] : [{ path: ['workspace'], value: defaultWorkspace }];
  const settings = [...named, ...allowed, ...standard];
  // With it, editors complete the rest of the file.
  if (settings.length === 0 || valueAt(text, SCHEMA) !== undefined) return settings;
  return [{ path: SCHEMA, value: './config.schema.json' }, ...settings];
}

/** Where the path of a workspace stands: one that is there may have more that holds for it. */
function placeOf(text: string, name: string): JsonPath {
  const entry = ['workspaces', name];
  const there = valueAt(text, entry);
  return typeof there === 'object' && there !== null ? [...entry, 'path'] : entry;
}

const SCHEMA = ['$schema'];
const ROOTS = ['workspace_roots'];

/** What is there and no list is kept too: the schema says what is wrong with it. */
function withRoots(existing: unknown = [], roots: readonly string[]): unknown[] {
  return [...new Set([...(Array.isArray(existing) ? existing : [existing]), ...roots])];
}
