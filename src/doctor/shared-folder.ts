/** The folder that Claude Desktop, Claude Code and runs share. */
import { whyNotShared } from '../folder/shared-folder.ts';
import { findOverlap } from '../machine/folder-overlap.ts';
import { type CheckGroup, type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import { probeFolder } from './workspace-folder.ts';
import { foldersOf } from './workspaces.ts';

const TIMEOUT_MS = 30_000;

export function sharedFolderGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'folder',
    title: 'Shared folder',
    checks: [
      {
        name: 'folder',
        subject: 'the shared folder',
        timeoutMs: TIMEOUT_MS,
        run: () => sharedFolder(context),
      },
    ],
  };
}

const SUBJECT = 'shared folder';

async function sharedFolder(context: DoctorContext): Promise<FindingFacts[]> {
  const config = await context.config();
  const { path } = config.folder;
  if (path === undefined)
    return [
      config.toolsets_in_runs.includes('folder')
        ? problem(SUBJECT, 'Runs have the tools of the shared folder, but no folder is named.', {
            hint: 'bridge-supervisor setup --toolset folder --folder PATH',
          })
        : ok(SUBJECT, 'No folder is shared'),
    ];
  const probe = await probeFolder(context, { name: `the shared folder (${path})`, path });
  if ('finding' in probe) return [probe.finding];
  const obstacle = await whyNotShared(probe.real, { ...context.env, BRIDGE_HOME: context.stateDir });
  if (obstacle !== undefined) return [problem(path, `Its tools refuse every call: ${obstacle}`)];
  const overlaps = await overlapsWith(probe.real, foldersOf(config));
  return overlaps.length > 0 ? overlaps : [ok(path, `The shared folder (${path}) is writable`)];
}

/** What is written there comes into the work of others, and into what is measured of it. */
async function overlapsWith(
  folder: string,
  workspaces: ReturnType<typeof foldersOf>,
): Promise<FindingFacts[]> {
  const found: FindingFacts[] = [];
  for (const { name, path } of workspaces)
    if (await findOverlap(folder, [path]))
      found.push(
        warning(
          folder,
          `The shared folder (${folder}) overlaps with ${name}: what anybody writes into it changes what Claude works on.`,
          { hint: 'Share a folder beside the workspaces: folder.path in config.json.' },
        ),
      );
  return found;
}
