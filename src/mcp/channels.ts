/**
 * The server of channels, for whoever asked for it: Claude Code sessions, Desktop and programs send each other messages, in
 * order, and each reader knows how far it has come. Its promise: nothing that was sent is lost or doubled, and what others
 * wrote is shown as their words.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { channelPrefix } from '../project/channel.ts';
import { acknowledgeTool } from './channels/acknowledge.ts';
import { clearTool } from './channels/clear.ts';
import type { ChannelScope } from './channels/define-channel-tool.ts';
import { channelsTool, pingTool, statusTool } from './channels/list.ts';
import { receiveTool, waitTool } from './channels/receive.ts';
import { sendTool } from './channels/send.ts';
import { scopeFrom } from './code/scope.ts';
import type { Tool } from './define-tool.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { CHANNEL_INSTRUCTIONS, channelInstructionsFor } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves channels over stdin and stdout; resolves when the client is gone and everything is closed. */
export async function serveChannels(env: Environment): Promise<void> {
  await serveStdio(buildChannelServer(bridgeAccess(env, systemClock), channelScope(env)), systemClock);
}

export function buildChannelServer(access: BridgeAccess, scope: ChannelScope | undefined): BridgeServer {
  return buildServer(channelToolset(scope), access);
}

export function channelToolset(scope: ChannelScope | undefined): Toolset {
  return {
    name: 'claude_bridge_channels',
    title: 'Claude bridge (channels)',
    instructions: scope ? channelInstructionsFor(scope) : CHANNEL_INSTRUCTIONS,
    tools: channelTools(scope),
  };
}

/** A run speaks under its own id, in the channels of its project; undefined in a person's own session. */
function channelScope(env: Environment): ChannelScope | undefined {
  const scope = scopeFrom(env);
  return scope && { name: scope.runId, prefix: channelPrefix(scope.projectId) };
}

/** Its tools in a run, which deletes nothing, or in a person's own session. */
function channelTools(scope: ChannelScope | undefined): Tool[] {
  return [
    sendTool(scope),
    receiveTool(scope),
    waitTool(scope),
    acknowledgeTool(scope),
    channelsTool(scope),
    pingTool(scope),
    ...(scope ? [] : [clearTool]),
    statusTool(scope),
  ];
}
