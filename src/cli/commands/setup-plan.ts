/** What setup is to do: from the flags, and from answers where there is a terminal. */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../../config.ts';
import { configOf } from '../../control/host.ts';
import { shortLivedParts, stableCommand } from '../../control/stable-command.ts';
import { homeFolder } from '../../home-path.ts';
import { ownAccount, ownerOf } from '../../machine/account.ts';
import { isInDesktopSession } from '../../machine/desktop-session.ts';
import { whyNoNotifications } from '../../machine/notify/os.ts';
import { wslDistribution } from '../../machine/wsl.ts';
import type { ToolsetName } from '../../project/toolset.ts';
import { workspaceOf } from '../../project/workspace.ts';
import { ok, type Result, refuse } from '../../result.ts';
import { entryText } from '../../setup/desktop.ts';
import { desktopLocation, thisSystem } from '../../setup/desktop-locations.ts';
import { readRecords } from '../../setup/ledger.ts';
import { type Proposal, proposeChecks } from '../../setup/proposals.ts';
import { proposedPolicy } from '../../setup/proposed-policy.ts';
import {
  desktopStart,
  planRemoval,
  planSetup,
  type SetupContext,
  type SetupOptions,
  type SetupPlan,
} from '../../setup/setup.ts';
import type { Folders } from '../../setup/workspaces.ts';
import type { Cli } from '../context.ts';
import { confirm } from '../terminal/ask.ts';
import { askForWorkspace, type FolderOptions, foldersOf } from './setup-folders.ts';

export interface SetupPlanOptions extends FolderOptions {
  readonly desktop: boolean;
  /** An absolute path. */
  readonly desktopConfig?: string;
  readonly code: boolean;
  /** Whether to propose some for the workspaces. */
  readonly checks: boolean;
  readonly toolset?: readonly ToolsetName[];
  /** Names of `mcp_servers`. */
  readonly share?: readonly string[];
  readonly remove?: true;
}

/** Throws ConfigError, and UsageError. */
export async function plan(cli: Cli, options: SetupPlanOptions, mayAsk: boolean): Promise<Result<SetupPlan>> {
  const stranger = await homeOfAnother(cli);
  if (stranger !== null) return refuse(stranger);
  const config = configOf(cli);
  const context = contextOf(cli, config.claude);
  const places = desktopPlaces(cli, options);
  if (options.remove) {
    const desktop = options.desktop ? places : null;
    return planRemoval(
      { desktop, code: options.code, toolsets: options.toolset, share: options.share },
      context,
    );
  }
  const entry = stableCommand(cli.selfCommand, cli.env);
  if (!entry.ok) return entry;
  const distribution = windowsSide(cli, options);
  const isElsewhere = distribution !== undefined && options.desktop && options.desktopConfig === undefined;
  const [desktop = null, ...others] = isElsewhere ? [] : places;
  if (others.length > 0)
    return refuse(
      `Claude Desktop's file may be any of: ${places.join(', ')}. Name it: --desktop-config FILE`,
    );
  if (options.share && desktop === null)
    return refuse(`--share needs Claude Desktop's file. Name it: --desktop-config FILE`);
  if (options.toolset?.includes('folder') && (options.folder ?? config.folder.path) === undefined)
    return refuse('no folder is shared yet. Name the one that both sides are to share: --folder PATH');
  const asks = mayAsk && !options.workspace && Object.keys(config.workspaces).length === 0;
  const folders = asks ? await withAnswers(cli, options) : foldersOf(options);
  if (!folders.ok) return folders;
  const isFirst = (await readRecords(context.stateDir)).length === 0;
  const notifiesDesktop = mayAsk && isFirst && (await wantsDesktop(cli, config));
  const proposals = options.checks ? await proposalsFor(config, folders.value) : {};
  const wanted = {
    selfCommand: entry.value,
    desktop,
    distribution,
    code: options.code,
    toolsets: options.toolset,
    share: options.share,
    servers: config.mcp_servers,
    folders: { ...folders.value, proposals, notifiesDesktop },
  };
  const planned = await planSetup(wanted, context);
  if (!planned.ok) return planned;
  return ok({
    ...planned.value,
    warnings: [
      ...planned.value.warnings,
      ...warnings(cli, desktop),
      ...Object.entries(proposals).map(([name, proposal]) => proposalNote(name, proposal)),
      ...(isElsewhere ? [windowsNote(wanted, context)] : []),
      ...passingWarnings(wanted),
    ],
  });
}

/** For those that have no checks yet. */
async function proposalsFor(
  { workspaces }: Config,
  folders: Folders,
): Promise<Readonly<Record<string, Proposal>>> {
  const found: [string, Proposal][] = [];
  for (const [name, path] of Object.entries(folders.workspaces)) {
    const entry = Object.hasOwn(workspaces, name) ? workspaces[name] : undefined;
    if (entry !== undefined && workspaceOf(entry).settings.checks !== undefined) continue;
    const proposal = await proposeChecks(path);
    if (proposal !== undefined) found.push([name, proposal]);
  }
  return Object.fromEntries(found);
}

function proposalNote(name: string, { from, prepare, checks }: Proposal): string {
  const runs = checks.map(({ run }) => `'${run}'`).join(', ');
  const done = [
    ...(prepare === undefined ? [] : [`prepared with '${prepare}'`]),
    ...(runs === '' ? [] : [`checked with ${runs}`]),
  ];
  const rules = proposedPolicy({ checks })?.allow.map((rule) => `'${rule}'`) ?? [];
  const allowed = rules.length === 0 ? '' : ` Claude may run these checks itself: ${rules.join(', ')}.`;
  return `work in ${name} is ${done.join(' and ')}, from its ${from.join(' and ')}.${allowed} Leave that out with --no-checks.`;
}

/** Under sudo, HOME may still be the person's folder. What root creates there is closed to that person. */
async function homeOfAnother({ env }: Cli): Promise<string | null> {
  const { uid } = ownAccount(env);
  const owner = await ownerOf(homeFolder());
  if (uid !== 0 || owner === undefined || owner === uid) return null;
  return `${homeFolder()} is not root's. Run setup as the user whose home it is, without sudo.`;
}

/** @param claude The program that is configured. */
export function contextOf(cli: Cli, claude: string | undefined): SetupContext {
  return { env: cli.env, stateDir: cli.stateDir, homeDir: homeFolder(), claude };
}

function desktopPlaces(cli: Cli, { desktop, desktopConfig }: SetupPlanOptions): readonly string[] {
  if (!desktop) return [];
  if (desktopConfig !== undefined) return [desktopConfig];
  const location = desktopLocation(thisSystem(cli.env, homeFolder()));
  return location.found ? [location.file] : location.candidates;
}

/** Asks where nobody is notified yet, and this desktop can show it. */
async function wantsDesktop({ env }: Cli, { notify }: Config): Promise<boolean> {
  if (notify.length > 0 || !isInDesktopSession(env) || whyNoNotifications(env) !== undefined) return false;
  return confirm('Tell you on this desktop when something waits for you?');
}

async function withAnswers(cli: Cli, options: FolderOptions): Promise<Result<Folders>> {
  const named = foldersOf(options);
  if (!named.ok) return named;
  const workspaces = await askForWorkspace(cli);
  if (workspaces === undefined) return refuse('setup was cancelled; nothing was changed.');
  return ok({ ...named.value, workspaces });
}

function warnings(cli: Cli, desktop: string | null): string[] {
  if (desktop === null) return [];
  const unseen = CONFIG_VARIABLES.filter((name) => cli.env[name]);
  const folder = dirname(desktop);
  return [
    ...(existsSync(folder)
      ? []
      : [
          `Claude Desktop does not seem to be installed (there is no ${folder}); its file is written for later.`,
        ]),
    ...unseen.map(
      (name) =>
        `${name} is set here, but Claude Desktop does not pass it on. Write it into config.json instead.`,
    ),
  ];
}

/** The WSL distribution from which Claude Desktop on Windows starts us; undefined when its Linux file is named. */
function windowsSide({ env }: Cli, { desktopConfig }: SetupPlanOptions): string | undefined {
  const onLinux = desktopLocation(thisSystem(env, homeFolder()));
  return onLinux.found && onLinux.file === desktopConfig ? undefined : wslDistribution(env);
}

function windowsNote(wanted: SetupOptions, context: SetupContext): string {
  return [
    `this is WSL${wanted.distribution === '' ? '' : ` (${wanted.distribution})`}, and Claude Desktop reads its file on Windows. Name it, such as --desktop-config /mnt/c/Users/NAME/AppData/Roaming/Claude/claude_desktop_config.json, or in Claude Desktop, under Settings > Developer > Edit Config, add:`,
    entryText(desktopStart(wanted, context)),
  ].join('\n');
}

/** Paths that are written down now and may lead nowhere later. */
function passingWarnings({ selfCommand, desktop, code }: SetupOptions): string[] {
  if (desktop === null && !code) return [];
  return shortLivedParts(selfCommand).map(
    ({ path, fate, advice }) =>
      `${path} ${fate}: then our tools are gone from Claude. ${advice('bridge-supervisor setup')}`,
  );
}

/** The configuration that the server of Claude Desktop reads. */
const CONFIG_VARIABLES = ['BRIDGE_WORKSPACE', 'BRIDGE_WORKSPACES', 'BRIDGE_WORKSPACE_ROOTS'];
