/**
 * The server of the shared folder, for whoever asked for it: Claude Desktop, Claude Code and runs read and write the files of
 * one folder. Its promise: nothing outside that folder is read or written, and what a client says of its own folders changes
 * nothing. It needs no store and no supervisor.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { Tool } from './define-tool.ts';
import { type FolderScope, type FolderService, loadFolder } from './folder/define-folder-tool.ts';
import { allowedTool, infoTool, listTool, listWithSizesTool, searchTool, treeTool } from './folder/look.ts';
import { readMediaTool, readMultipleTool, readTextTool } from './folder/read.ts';
import { createDirectoryTool, editTool, moveTool, writeTool } from './folder/write.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { FOLDER_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves the folder over stdin and stdout; resolves when the client is gone. */
export async function serveFolder(env: Environment, named: Omit<FolderScope, 'env'> = {}): Promise<void> {
  const server = buildFolderServer(bridgeAccess(env, systemClock), { env, ...named });
  await serveStdio(server, systemClock);
}

export function buildFolderServer(access: BridgeAccess, scope: FolderScope): BridgeServer {
  return buildServer(folderToolset(scope), access);
}

export function folderToolset(scope: FolderScope): Toolset {
  const ending = new AbortController();
  const service = { ...scope, ending: ending.signal };
  const few = fewTools(service);
  return {
    name: 'claude_bridge_folder',
    title: 'Claude bridge (shared folder)',
    instructions: FOLDER_INSTRUCTIONS,
    tools: few,
    async offered() {
      const { allTools, readOnly } = await settingsFor(scope);
      const tools = allTools ? [...few, ...furtherTools(service)] : few;
      return readOnly ? tools.filter(({ hints }) => hints.readOnly) : tools;
    },
    close: async () => ending.abort(),
  };
}

/** With which everything can be found, read and changed; nothing is taken away but by writing over it. */
function fewTools(scope: FolderService): Tool[] {
  return [
    readTextTool(scope),
    writeTool(scope),
    editTool(scope),
    listTool(scope),
    searchTool(scope),
    infoTool(scope),
    createDirectoryTool(scope),
  ];
}

/** The others of the reference server: what they do can be done with the few, but for moving and what is no text. */
function furtherTools(scope: FolderService): Tool[] {
  return [
    readTextTool(scope, 'read_file'),
    readMediaTool(scope),
    readMultipleTool(scope),
    listWithSizesTool(scope),
    treeTool(scope),
    moveTool(scope),
    allowedTool(scope),
  ];
}

async function settingsFor({ env, allTools }: FolderScope) {
  const { folderSettingsIn } = await loadFolder();
  try {
    const settings = folderSettingsIn(env);
    return { ...settings, allTools: allTools ?? settings.allTools };
  } catch {
    // Each call says what is wrong with the configuration.
    return { allTools: false, readOnly: false };
  }
}
