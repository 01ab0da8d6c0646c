/** In which sandbox the commands of a project run: those of Claude in its own, those of the owner in bubblewrap. */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectRules } from '../bridge/work-rules.ts';
import { isInside } from '../bridge/workspaces.ts';
import { credentialsFile } from '../claude/files.ts';
import type { ClaudeSandbox } from '../claude/sandbox-settings.ts';
import { claudeVersion, hasSandbox, SANDBOX_SINCE } from '../claude/version.ts';
import type { Environment } from '../environment.ts';
import { HIDDEN_PLACES, sandboxCommand } from '../machine/sandbox.ts';
import { sandboxHere } from '../machine/sandbox-probe.ts';
import type { Project } from '../project/project.ts';
import type { SandboxMode } from '../project/workspace.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Context } from './context.ts';

export interface CommandPlace {
  /** The folder that a command may change: the worktree, or the workspace. */
  readonly folder: string;
  /** The repository of a worktree. */
  readonly repo?: string | undefined;
  readonly network: boolean;
}

/**
 * The sandbox for a command of the owner: program and arguments, or undefined where it runs without one. Refused where the
 * owner requires one and there is none.
 */
export async function commandSandbox(
  { bridge, clock, config, env }: Context,
  project: Project,
  { folder, repo, network }: CommandPlace,
): Promise<Result<readonly string[] | undefined>> {
  const { sandbox } = projectRules(config, project);
  if (sandbox === 'off') return ok(undefined);
  const probe = await sandboxHere(env, clock.monotonic());
  if (!probe.works) return without(sandbox, probe.reason);
  const top = realpathSync(folder);
  const isHidden = repo !== undefined && HIDDEN_PLACES.some((place) => isInside(place, repo));
  return ok(
    sandboxCommand(probe.program, {
      folder: top,
      // What git would run or obey later lies there.
      readOnly: [...(isHidden && !isInside(repo, top) ? [repo] : []), join(top, '.git')],
      hiddenFolders: [realpathSync(bridge.stateDir)],
      hiddenFiles: [credentialsFile(env, homedir())].filter(existsSync),
      network,
    }),
  );
}

/** The sandbox of Claude's own commands; null where they run without one. Refused as `commandSandbox` is. */
export async function claudeSandbox(
  { clock, config, env }: Context,
  project: Project,
  program: string,
  claudeEnv: Environment,
): Promise<Result<ClaudeSandbox | null>> {
  const { sandbox, sandboxDomains } = projectRules(config, project);
  if (sandbox === 'off') return ok(null);
  const probe = await sandboxHere(env, clock.monotonic());
  if (!probe.works) return orNull(without(sandbox, probe.reason));
  const version = await claudeVersion(program, claudeEnv);
  if (version === undefined || !hasSandbox(version))
    return orNull(
      without(sandbox, `Claude Code ${version ?? 'of an unknown version'} has none; ${SANDBOX_SINCE} has`),
    );
  return ok({ domains: sandboxDomains, hiddenFiles: [credentialsFile(env, homedir())] });
}

function without(mode: SandboxMode, reason: string): Result<undefined> {
  return mode === 'auto'
    ? ok(undefined)
    : refuse(`there is no sandbox, and the configuration requires one: ${reason}`);
}

function orNull(result: Result<undefined>): Result<null> {
  return result.ok ? ok(null) : result;
}
