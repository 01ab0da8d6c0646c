/**
 * Takes the folder that a project is worked on in place, before its first run: what its rounds are compared with. What
 * cannot be taken keeps no run from starting; then the evidence says that nothing was measured.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../error-message.ts';
import { commitTree } from '../../git/commit-tree.ts';
import { takeFingerprint } from '../../git/fingerprint.ts';
import { baseOf, keepBase } from '../../git/measure-base.ts';
import { createMeasureDir, measureGit } from '../../git/measure-dir.ts';
import { measureTree } from '../../git/measure-tree.ts';
import { fieldsOf } from '../../git/names.ts';
import { inspectRepository, type Repository } from '../../git/repository.ts';
import type { Project } from '../../project/project.ts';
import { measureFolder } from '../../state-folder.ts';
import type { Context } from '../context.ts';
import { endsSupervisor } from '../transient.ts';
import { keepFingerprint } from './kept-fingerprint.ts';

/** Takes it unless it was taken. Call it before the first run only. Throws StoreError and LeaseLost. */
export async function takeSnapshot(context: Context, project: Project, stop: AbortSignal): Promise<void> {
  const { log } = context;
  const unmeasured = (reason: string) =>
    log.warn('project.not_measured', { project: project.id, folder: project.workspace }, reason);
  try {
    const problem = await take(context, project, stop);
    if (problem !== undefined && !stop.aborted) unmeasured(problem);
  } catch (error) {
    if (endsSupervisor(error)) throw error;
    unmeasured(messageOf(error));
  }
}

/** Why it could not be taken. */
async function take(
  { bridge, clock, env }: Context,
  { id, workspace: folder }: Project,
  stop: AbortSignal,
): Promise<string | undefined> {
  const measureDir = measureFolder(bridge.stateDir, id);
  if ((await baseOf(measureDir, env)) !== null) return undefined;
  const found = await inspectRepository(folder, env);
  const repository = found.kind === 'repository' && !found.bare ? found : null;
  const made = await createMeasureDir({ measureDir, folder, repository, freshGitDir: null }, env);
  if (made.kind === 'failed') return `git cannot be used: ${made.cause} ${made.detail}`.trim();
  if (await isTooBig(measureDir, folder, repository, env)) return 'it is too big to be copied';
  const measured = await measureTree(measureDir, folder, env, { signal: stop });
  if (measured.kind === 'unmeasured') return `${measured.cause}: ${measured.detail}`;
  const message = 'Before the first run';
  const plan = { tree: measured.tree, parents: [], message, trailers: [], date: clock.now() };
  if (repository) await keepFingerprint(measureDir, await takeFingerprint(repository, null, env));
  await keepBase(measureDir, await commitTree(measureDir, plan, env), env);
  return undefined;
}

const MAX_FILES = 200_000;
/** What is copied into the state folder, and hashed by each measurement. */
const MAX_BYTES = 1_000_000_000;
/** In a repository only what it does not have yet is copied. */
const MAX_REPOSITORY_BYTES = 10_000_000_000;
const BATCH_SIZE = 1_000;

async function isTooBig(
  measureDir: string,
  folder: string,
  repository: Repository | null,
  env: Context['env'],
): Promise<boolean> {
  const listed = await measureGit(
    measureDir,
    folder,
    env,
  )(['ls-files', '-z', '--others', '--exclude-standard']);
  // Too many names for the limit of a call.
  if (listed.code !== 0) return true;
  const names = fieldsOf(listed.stdout);
  if (names.length > MAX_FILES) return true;
  const maxBytes = repository ? MAX_REPOSITORY_BYTES : MAX_BYTES;
  let bytes = 0;
  for (let from = 0; from < names.length && bytes <= maxBytes; from += BATCH_SIZE) {
    const sizes = names
      .slice(from, from + BATCH_SIZE)
      .map(async (name) => sizeOf(join(folder, name.toString())));
    bytes += (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
  return bytes > maxBytes;
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
