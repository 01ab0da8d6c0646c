/** Pushes a commit to a branch of its own on a remote, never by force. */
import type { Environment } from '../environment.ts';
import { type GitResult, reasonOf, textOf } from './git.ts';
import { type LandingResult, refused } from './landing-outcome.ts';
import { type Repository, usesLfs } from './repository.ts';
import { repositoryGit } from './repository-git.ts';

interface PushPlan {
  readonly commit: string;
  readonly branch: string;
  readonly remote: string;
  /** Refused as a target. */
  readonly base: string;
}

/** Enough for a large commit on a slow line. */
const PUSH_LIMIT_MS = 600_000;

/** Pushes a commit that the repository has, and asks the remote whether it has it. */
export async function pushCommit(
  { topLevel }: Repository,
  { commit, branch, remote, base }: PushPlan,
  env: Environment,
): Promise<LandingResult> {
  const { git, settings } = await repositoryGit(topLevel, env);
  const target = `refs/heads/${branch}`;
  if (branch === base) return refused('push-rejected', `${branch} is the base`);
  if (remote.startsWith('-') || !settings.some(({ name }) => name === `remote.${remote}.url`))
    return refused('remote-unknown', remote);
  if (await usesLfs(git, commit)) return refused('lfs-push', remote);
  const onRemote = () => git(['ls-remote', '--upload-pack=git-upload-pack', remote, target]);
  const before = await onRemote();
  if (before.code !== 0) return refused('remote-unreachable', reasonOf(before));
  const landed = { kind: 'landed', target, to: commit, checkout: null } as const;
  const from = oidIn(before);
  if (from === commit) return { ...landed, from, wasThere: true };
  const pushed = await git([...PUSH, remote, `${commit}:${target}`], { timeoutMs: PUSH_LIMIT_MS });
  if (pushed.code !== 0) {
    const isRejected = /\[(remote )?rejected\]/.test(`${pushed.stderr}\n${textOf(pushed)}`);
    return refused(isRejected ? 'push-rejected' : 'remote-unreachable', reasonOf(pushed));
  }
  const to = oidIn(await onRemote());
  return to === commit
    ? { ...landed, from, wasThere: false }
    : refused('read-back', `${target} of ${remote} is at ${to}`);
}

const PUSH = [
  ...['push', '--quiet', '--porcelain', '--no-verify', '--no-follow-tags', '--no-recurse-submodules'],
  ...['--no-signed', '--receive-pack=git-receive-pack'],
];

/** `<oid>\t<ref>`; null where the remote has no such ref. */
function oidIn(listed: GitResult): string | null {
  return /^([0-9a-f]+)\t/.exec(textOf(listed))?.[1] ?? null;
}
