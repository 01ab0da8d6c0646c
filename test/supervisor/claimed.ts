/** A claimed project for the folder of a real repository, and what makes its place; each call stands for a start. */
import { startNextRun } from '../../src/bridge/claim.ts';
import { sendPlan } from '../../src/bridge/send-plan.ts';
import { worktreeOf } from '../../src/bridge/worktrees.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { baseOf } from '../../src/git/measure-base.ts';
import { measureFolder } from '../../src/state-folder.ts';
import { makePlace, measureBefore, subfolderOf } from '../../src/supervisor/place/place.ts';
import { accepted, supervised, TOKEN } from '../bridge/steps.ts';
import { gitRig } from '../git/rig.ts';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent, child: () => log };

export async function claimed(entry: (repo: string) => Config['workspaces'][string] = (repo) => repo) {
  const git = await gitRig();
  const rig = await supervised();
  const config = { ...loadConfig(rig.home, {}), workspaces: { site: entry(git.repo) } };
  const input = { markdown: '# Fix it', workspace: 'site' };
  const { project } = accepted(await sendPlan(rig.bridge, config, input, 'person', git.env));
  const lease = { bridge: rig.bridge, token: TOKEN };
  const { bridge, clock } = rig;
  const stopping = new AbortController().signal;
  const context = {
    ...{ bridge, clock, config, env: git.env, lease, log, stopping },
    degradedReason: () => null,
    selfCommand: [],
  };
  const started = await startNextRun(lease, {
    model: null,
    newSessionId: () => 's',
    findSubfolder: (one) => subfolderOf(context, one),
  });
  if (!started) throw new Error('nothing started');
  const measureDir = measureFolder(rig.home, project.id);
  return {
    git,
    rig,
    context,
    id: project.id,
    started,
    run: started.run,
    measureDir,
    make: () => makePlace(context, started, stopping),
    measure: () => measureBefore(context, started, stopping),
    base: () => baseOf(measureDir, git.env),
    worktree: () => worktreeOf(rig.bridge, project.id),
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}
