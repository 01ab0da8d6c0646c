/**
 * Repositories of a person, each with work that one supervisor has had done in it and that waits for a decision: the
 * rows of a table. Claude's part is played.
 */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { approve } from '../../src/bridge/reviews.ts';
import type { Evidence } from '../../src/project/evidence.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import type { ProjectStatus } from '../../src/project/project.ts';
import { measureFolder, worktreeFolder } from '../../src/state-folder.ts';
import { repository } from '../e2e/repository.ts';
import { type Rig, waitUntil } from '../e2e/rig.ts';
import { init, type Puppet, result, type Scene, shell, submit } from '../faults/puppet.ts';
import { digests } from '../git/rig.ts';
import { STATE_TIMEOUT_MS } from '../state-timeout.ts';

export interface Site {
  readonly id: ProjectId;
  /** The checkout of the person, with `main` checked out when the plan was sent. */
  readonly folder: string;
  readonly worktree: string;
  readonly measureDir: string;
  /** Runs git in the checkout. */
  git(...words: string[]): string;
  /** Runs a script in the checkout. */
  sh(script: string): void;
  /** All that is the person's: files, status, refs but for those of the bridge, configuration, index, hooks. */
  untouched(): Promise<Readonly<Record<string, string>>>;
  evidence(): Promise<Evidence>;
}

export interface Row {
  /** Of the workspace. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A script that makes the repository what it is before the plan is sent. */
  readonly before?: string;
  /** A script that does the work in the worktree; or what Claude does, process by process. */
  readonly work: string | readonly Scene[];
}

/** What Claude does when it only does this, and says so. */
export function does(script: string, files: Readonly<Record<string, readonly string[]>> = {}): Scene {
  return [init(), shell(script), submit('Done', files), result()];
}

/** Sends a plan for each row. A supervisor that is started then does the work. */
export async function sites<Name extends string>(
  rig: Rig,
  puppet: Puppet,
  rows: Readonly<Record<Name, Row>>,
): Promise<Readonly<Record<Name, Site>>> {
  const made: [string, Site][] = [];
  let number = 0;
  for (const [name, row] of Object.entries<Row>(rows)) {
    number += 1;
    made.push([name, await site(rig, puppet, `site${number}`, row)]);
  }
  return Object.fromEntries(made) as Record<Name, Site>;
}

async function site(rig: Rig, puppet: Puppet, name: string, row: Row): Promise<Site> {
  const { settings = {}, before, work } = row;
  const { folder, git } = await repository(rig, settings, name);
  const run = (script: string) => {
    execFileSync('/bin/sh', ['-euc', script], { cwd: folder, env: rig.environment, stdio: 'pipe' });
  };
  if (before !== undefined) run(before);
  const id = await rig.send(`---\nworkspace: ${name}\n---\n# Work\nDo it.`);
  await puppet.playsFor(id, ...(typeof work === 'string' ? [does(work)] : work));
  return {
    id,
    folder,
    worktree: worktreeFolder(rig.home, id),
    measureDir: measureFolder(rig.home, id),
    git,
    sh: run,
    async untouched() {
      const files = (await readdir(folder)).filter((one) => one !== '.git').sort();
      return {
        status: git('status', '--porcelain=v2', '--branch'),
        refs: refsOfPerson(git),
        ...(await digests(folder, files)),
        ...(await digests(`${folder}/.git`, ['HEAD', 'config', 'index', 'hooks', 'info', 'packed-refs'])),
      };
    },
    async evidence() {
      const { evidence } = await rig.details(id);
      const newest = evidence.at(-1)?.evidence;
      if (!newest) throw new Error(`nothing was measured of ${id}`);
      return newest;
    },
  };
}

function refsOfPerson(git: Site['git']): string {
  const refs = git('for-each-ref').split('\n');
  return refs.filter((line) => !/\trefs\/(heads\/)?bridge\//.test(line)).join('\n');
}

/** A supervisor does the rows one after another. */
export const TABLE_TIMEOUT_MS = 6 * STATE_TIMEOUT_MS;

/** Waits until each of them has one of these statuses; returns it, or why it needs a person. */
export async function settled<Name extends string>(
  rig: Rig,
  all: Readonly<Record<Name, Site>>,
  statuses: readonly ProjectStatus[] = ['complete', 'attention'],
): Promise<Record<Name, string>> {
  const found: [string, string][] = [];
  for (const [name, { id }] of Object.entries<Site>(all)) {
    const look = async () => (await rig.details(id)).project;
    await waitUntil(
      async () => statuses.includes((await look()).status),
      `'${name}' to be ${statuses.join(' or ')}`,
      async () => `${JSON.stringify(await look(), null, 1)}\n${await rig.log()}`,
      TABLE_TIMEOUT_MS,
    );
    const { attention, status } = await look();
    found.push([name, attention ?? status]);
  }
  return Object.fromEntries(found) as Record<Name, string>;
}

/** A person approves what they have seen. */
export async function approveSeen(rig: Rig, { id, evidence }: Site): Promise<void> {
  const { git, round } = await evidence();
  const approved = await approve(rig.bridge, id, 'person', { round, tree: git?.tree });
  if (!approved.ok) throw new Error(approved.refusal);
}
