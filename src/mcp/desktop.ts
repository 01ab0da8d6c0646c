/**
 * The server Claude Desktop starts, so that a person can have work done and decide about it from a chat. It promises to
 * do nothing until it is asked, to hold nothing that another copy of it would need, and to end when Desktop does.
 */

import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';

import { amendPlanTool } from './desktop/amend-plan.ts';
import { approveTool, rejectTool } from './desktop/decide.ts';
import { cancelTool, steerTool } from './desktop/direct.ts';
import { evidenceTool } from './desktop/evidence.ts';
import { listProjectsTool } from './desktop/list.ts';
import { allowTool, answerTool, denyTool, questionsTool } from './desktop/questions.ts';
import { approvalQueueTool } from './desktop/queue.ts';
import { sendPlanTool } from './desktop/send-plan.ts';
import { projectStatusTool } from './desktop/status.ts';
import { projectUpdatesTool } from './desktop/updates.ts';
import { waitTool } from './desktop/wait.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { DESKTOP_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves Claude Desktop over stdin and stdout; resolves when it is gone and everything is closed. */
export async function serveDesktop(env: Environment): Promise<void> {
  await serveStdio(buildDesktopServer(bridgeAccess(env, systemClock)), systemClock);
}

export function buildDesktopServer(access: BridgeAccess): BridgeServer {
  return buildServer(DESKTOP_TOOLSET, access);
}

/** All its tools. */
export const DESKTOP_TOOLS = [
  sendPlanTool,
  amendPlanTool,
  approvalQueueTool,
  evidenceTool,
  projectUpdatesTool,
  approveTool,
  rejectTool,
  questionsTool,
  answerTool,
  allowTool,
  denyTool,
  projectStatusTool,
  listProjectsTool,
  waitTool,
  cancelTool,
  steerTool,
];

export const DESKTOP_TOOLSET: Toolset = {
  name: 'claude_bridge_desktop',
  title: 'Claude bridge (Desktop side)',
  instructions: DESKTOP_INSTRUCTIONS,
  tools: DESKTOP_TOOLS,
};
