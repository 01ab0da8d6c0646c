/** What the person does: looks at what was measured, decides, and finds the approved work where it belongs. */
import { sep } from 'node:path';
import { execa } from 'execa';
import { measuredRound } from '../../bridge/measured-round.ts';
import { readableConfig } from '../../control/host.ts';
import { shortOid } from '../../project/oid.ts';
import { type BaseBranch, historyOf, readBase, sameBytes } from '../../selftest/repository.ts';
import type { Sandbox } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { waitingRound } from '../../selftest/waiting-round.ts';
import type { ToolEvidence } from '../../wire/schemas/tool-evidence.ts';
import { TOOL_RESULTS } from '../../wire/schemas/tool-results.ts';
import { plainLines } from '../terminal/text.ts';
import { printed } from './event-text.ts';
import { evidenceExcerpt } from './evidence.ts';
import type { Work } from './steps.ts';
import { MANUAL, PROGRAM, REASON, SAMPLE } from './work.ts';

/** Returns the work with where Desktop continues. */
export async function rejection(work: Work): Promise<Work> {
  const { sandbox, reporter, desktop, projectId, signal } = work;
  reporter.step('You look at what was measured, and reject it');
  const { claims, repairs, measured } = await lookAtRound(work, 1);
  if (repairs.used !== 1) throw new SelftestError(`expected 1 repair, got ${repairs.used}`);
  if (measured && claims.missing.join() !== MANUAL)
    throw new SelftestError(`Claude did not change ${MANUAL}, and the evidence does not say so`);
  await reporter.pause(signal);
  reporter.say('Desktop', `calls bridge_reject: ${REASON}`);
  const answer = await desktop.call('bridge_reject', { project_id: projectId, reason: REASON }, signal);
  await checkBase(sandbox, work.base);
  return { ...work, cursor: TOOL_RESULTS.bridge_reject.parse(answer).cursor };
}

/** Returns the tree that was approved; null without git. */
export async function approval(work: Work): Promise<string | null> {
  const { sandbox, reporter, events, desktop, projectId, signal } = work;
  reporter.step('You look again, and approve');
  const { claims, tree } = await lookAtRound(work, 2);
  if (claims.missing.length > 0)
    throw new SelftestError(`Claude did not change ${claims.missing.join(', ')} in round 2`);
  if (tree !== null) await showChange(work);
  await checkBase(sandbox, work.base);
  await reporter.pause(signal);
  reporter.say('Desktop', 'calls bridge_approve');
  await desktop.call('bridge_approve', { project_id: projectId }, signal);
  await events.until(work.base ? 'project.landed' : 'project.completed');
  return tree;
}

/** Shows that the folder has the approved work, from git and from the files themselves. */
export async function findWork({ sandbox, reporter, base }: Work, approved: string | null): Promise<void> {
  const { workspace, environment } = sandbox;
  reporter.step('Your folder has the work');
  if (base) {
    const { tree } = await readBase(workspace, environment);
    if (tree !== approved) throw new SelftestError(`tree ${approved} was approved, and ${tree} was merged`);
    reporter.say('You', 'run git log --graph main:', {
      kind: 'output',
      lines: await historyOf(workspace, environment),
    });
    const sizes = [];
    for (const file of [PROGRAM, MANUAL])
      sizes.push(`${file} ${await sameBytes(workspace, file, environment)} bytes`);
    reporter.say(
      'You',
      `find the approved tree ${shortOid(tree)} on main and in the folder: ${sizes.join(', ')}`,
    );
  }
  reporter.say('You', `try it: node ${PROGRAM} ${SAMPLE}`, printed(await runProgram(sandbox)));
}

/** Desktop shows it; so the person sees the same. */
async function lookAtRound(
  { sandbox, reporter, desktop, projectId, signal }: Work,
  round: number,
): Promise<ToolEvidence> {
  const evidence = await waitingRound(desktop, projectId, signal);
  const found = await measuredRound(
    sandbox.bridge,
    readableConfig({ stateDir: sandbox.stateDir, env: {} }),
    projectId,
  );
  if (!found.ok) throw new SelftestError(found.refusal);
  if (evidence.round !== round || found.value.round !== round)
    throw new SelftestError(`expected round ${round}, Desktop shows round ${evidence.round}`);
  if (!evidence.measured && sandbox.withoutGit === undefined)
    throw new SelftestError(`round ${round} was not measured: ${evidence.cause?.detail}`);
  const tree = evidence.tree === null ? '' : `, tree ${shortOid(evidence.tree)}`;
  const name = (path: string) => path.replaceAll(sandbox.root + sep, '');
  reporter.say('Desktop', `shows you round ${round}${tree}:`, evidenceExcerpt(found.value, name));
  return evidence;
}

/** What the second round changed in the manual, as git shows it. */
async function showChange({ reporter, desktop, projectId, signal }: Work): Promise<void> {
  const input = { project_id: projectId, part: 'diff', path: MANUAL };
  const answer = await desktop.call('bridge_get_evidence', input, signal);
  const { text = '' } = TOOL_RESULTS.bridge_get_evidence.parse(answer);
  const lines = plainLines(text.trimEnd());
  const hunk = lines.slice(lines.findIndex((line) => line.startsWith('@@')) + 1);
  reporter.say('Desktop', `shows you the change of ${MANUAL}:`, { kind: 'diff', lines: hunk });
}

/** Nothing reaches the person's branch and folder before they approve. */
async function checkBase({ workspace, environment }: Sandbox, before: BaseBranch | undefined): Promise<void> {
  if (before === undefined) return;
  const now = await readBase(workspace, environment);
  if (now.commit !== before.commit) throw new SelftestError('the base branch moved before the approval');
}

/** The person's own look at the work. */
async function runProgram({ workspace }: Sandbox): Promise<string> {
  const { all, exitCode } = await execa(process.execPath, [PROGRAM, SAMPLE], {
    cwd: workspace,
    env: {},
    extendEnv: false,
    all: true,
    reject: false,
    timeout: 10_000,
  });
  if (exitCode !== 0) throw new SelftestError(`${PROGRAM} failed: ${all}`);
  return all;
}
