/**
 * The server of scripts and escalation, for whoever asked for it: an agent has scripts of the owner run, and passes tasks on
 * to Claude Code. Its promise: nothing runs that the owner did not list, and nobody is given more than the owner allows.
 */
import { systemClock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { type Scope, scopeFrom } from './code/scope.ts';
import { type BridgeAccess, bridgeAccess } from './open-bridge.ts';
import { escalateTool } from './scripts/escalate.ts';
import { ScriptJobs } from './scripts/jobs.ts';
import { listScriptsTool } from './scripts/list.ts';
import { cancelOperationTool, operationStatusTool } from './scripts/operations.ts';
import { runScriptTool } from './scripts/run.ts';
import { type BridgeServer, buildServer } from './server.ts';
import { serveStdio } from './stdio.ts';
import { SCRIPT_INSTRUCTIONS, SCRIPT_RUN_INSTRUCTIONS } from './texts/instructions.ts';
import type { Toolset } from './toolset.ts';

/** Serves scripts over stdin and stdout; resolves when the client is gone, every script has ended and all is closed. */
export async function serveScripts(env: Environment): Promise<void> {
  await serveStdio(buildScriptServer(bridgeAccess(env, systemClock), scopeFrom(env)), systemClock);
}

export function buildScriptServer(
  access: BridgeAccess,
  run: Pick<Scope, 'runId' | 'projectId'> | undefined,
): BridgeServer {
  return buildServer(scriptToolset(access, run), access);
}

export function scriptToolset(
  access: BridgeAccess,
  run: Pick<Scope, 'runId' | 'projectId'> | undefined,
): Toolset {
  const jobs = new ScriptJobs(access);
  const scope = { asker: run && { runId: run.runId, projectId: run.projectId }, jobs };
  const ofScripts = [
    runScriptTool(scope),
    listScriptsTool(scope),
    operationStatusTool(scope),
    cancelOperationTool(scope),
  ];
  return {
    name: 'claude_bridge_scripts',
    title: 'Claude bridge (scripts)',
    instructions: run ? SCRIPT_RUN_INSTRUCTIONS : SCRIPT_INSTRUCTIONS,
    // A run that passes its work on to the next would never come to an end.
    tools: run ? ofScripts : [escalateTool, ...ofScripts],
    close: () => jobs.close(),
  };
}
