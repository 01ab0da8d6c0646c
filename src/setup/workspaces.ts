/** The person's folders in config.json of the state folder, and who is told what waits. */

import { configOfText } from '../config.ts';
import type { Result } from '../result.ts';
import { configFile } from '../state-folder.ts';
import { applySettings, type FilePlan, type JsonSetting, undoSettings } from './change.ts';
import { valueAt } from './json-text.ts';
import type { FileRecord } from './ledger.ts';
import { planFile } from './plan-file.ts';
import type { Proposal } from './proposals.ts';
import { proposedPolicy } from './proposed-policy.ts';

/** Absolute paths. */
export interface Folders {
  readonly workspaces: Readonly<Record<string, string>>;
  /** What is proposed for some of them, by their names; a key that is set already stays. */
  readonly proposals?: Readonly<Record<string, Proposal>>;
  readonly roots: readonly string[];
  readonly defaultWorkspace?: string | undefined;
  /** That both sides share. */
  readonly sharedFolder?: string | undefined;
  /** The person is to be told on this desktop. */
  readonly notifiesDesktop?: boolean | undefined;
}

/** Plans to add the folders; the rest of the configuration stays. Throws ConfigError when the result would be invalid. */
export function planWorkspaces(
  stateDir: string,
  folders: Folders,
  former: FileRecord | undefined,
): Promise<Result<FilePlan>> {
  const path = configFile(stateDir);
  const paths = settingsFor('', folders).map((setting) => setting.path);
  return planFile(path, paths, async (file) => {
    const settings = settingsFor(file.text, folders);
    const change = await applySettings(file, { owner: 'bridge', settings, former, mayHaveBom: true });
    configOfText(change.bytes && change.text, path, {});
    return change;
  });
}

/** Plans to remove what was added, where it is still as we added it. */
export function planWorkspacesRemoval(former: FileRecord): Promise<Result<FilePlan>> {
  const paths = former.settings.map((setting) => setting.path);
  return planFile(former.path, paths, (file) => undoSettings(file, 'bridge', former, []));
}

function settingsFor(
  text: string,
  { workspaces, proposals = {}, roots, defaultWorkspace, sharedFolder, notifiesDesktop = false }: Folders,
): JsonSetting[] {
  const named = Object.entries(workspaces).flatMap(([name, path]) =>
    workspaceSettings(text, name, path, proposals[name]),
  );
  const rootSettings =
    roots.length === 0 ? [] : [{ path: ROOTS, value: withRoots(valueAt(text, ROOTS), roots) }];
  const defaultSetting =
    defaultWorkspace === undefined ? [] : [{ path: ['workspace'], value: defaultWorkspace }];
  const shared = sharedFolder === undefined ? [] : [{ path: SHARED, value: sharedFolder }];
  const notify = notifiesDesktop ? [{ path: ['notify'], value: [{ via: 'os' }] }] : [];
  const settings = [...named, ...rootSettings, ...defaultSetting, ...shared, ...notify];
  // For completion in editors.
  if (settings.length === 0 || valueAt(text, SCHEMA) !== undefined) return settings;
  return [{ path: SCHEMA, value: './config.schema.json' }, ...settings];
}

/** An existing workspace may be an object with more keys. */
function workspaceSettings(
  text: string,
  name: string,
  path: string,
  { prepare, checks = [] }: Partial<Proposal> = {},
): JsonSetting[] {
  const entry = ['workspaces', name];
  const there = valueAt(text, entry);
  const own = typeof there === 'object' && there !== null ? there : undefined;
  const found = { prepare, ...(checks.length > 0 && { checks }), policy: proposedPolicy({ checks }) };
  const proposed = Object.entries(found).filter(
    ([key, value]) => value !== undefined && !(own && Object.hasOwn(own, key)),
  );
  if (own)
    return Object.entries({ path, ...Object.fromEntries(proposed) }).map(([key, value]) => ({
      path: [...entry, key],
      value,
    }));
  return [{ path: entry, value: proposed.length === 0 ? path : { path, ...Object.fromEntries(proposed) } }];
}

const SCHEMA = ['$schema'];
const ROOTS = ['workspace_roots'];
const SHARED = ['folder', 'path'];

/** Keeps a value that is not a list: validation reports it. */
function withRoots(existing: unknown = [], roots: readonly string[]): unknown[] {
  return [...new Set([...(Array.isArray(existing) ? existing : [existing]), ...roots])];
}
