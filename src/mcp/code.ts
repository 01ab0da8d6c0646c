/**
 * The server Claude Code is given. In a run of the supervisor it shows only what that run needs and touches only that
 * run's project; in a person's own session it shows the whole loop, to be worked by hand.
 */

import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';

import { askTool } from './code/ask.ts';
import { gateTool } from './code/gate.ts';
import { permissionTool } from './code/permission.ts';
import { claimProjectTool, pendingPlanTool } from './code/plan.ts';
import { approvalStatusTool, resetForRevisionTool } from './code/review.ts';
import { type Scope, scopeFrom } from './code/scope.ts';
import { sendCompletionTool, sendUpdateTool } from './code/work.ts';
import type { Tool } from './define-tool.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { CODE_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves Claude Code over stdin and stdout; resolves when it is gone and everything is closed. */
export async function serveCode(env: Environment): Promise<void> {
  await serveStdio(buildCodeServer(bridgeAccess(env, systemClock), scopeFrom(env)), systemClock);
}

export function buildCodeServer(access: BridgeAccess, scope: Scope | undefined): BridgeServer {
  return buildServer(codeToolset(scope), access);
}

export function codeToolset(scope: Scope | undefined): Toolset {
  return {
    name: 'claude_bridge_code',
    title: 'Claude bridge (Code side)',
    // The prompt of a run says all there is to say; instructions would only cost tokens.
    ...(scope ? {} : { instructions: CODE_INSTRUCTIONS }),
    tools: codeTools(scope),
  };
}

/** Its tools in a run, or in a person's own session. */
export function codeTools(scope: Scope | undefined): Tool[] {
  const work = [sendUpdateTool(scope), sendCompletionTool(scope)];
  if (scope)
    return [
      ...work,
      askTool(scope),
      ...(scope.asksAbout === undefined ? [] : [permissionTool(scope)]),
      gateTool(scope),
    ];
  return [pendingPlanTool, claimProjectTool, ...work, approvalStatusTool, resetForRevisionTool];
}
