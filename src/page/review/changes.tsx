import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { plural } from '../figures.ts';
import { Visible } from '../parts/text.tsx';
import { FileDiff } from './file-diff.tsx';

/** So many files are shown line by line at first; further ones are folded. */
const MAX_OPEN_FILES = 5;
const MAX_OPEN_LINES = 400;

/** What the round changed, file by file. */
export function Changes({ evidence }: { readonly evidence: WireEvidence }) {
  const { diff, git, project_id: id, round } = evidence;
  if (!diff) return null;
  let open = 0;
  return (
    <section class="changes" aria-labelledby="changes">
      <h2 id="changes">
        What changed: {plural(diff.files, 'file')} <ins>+{diff.insertions}</ins> <del>−{diff.deletions}</del>
      </h2>
      {diff.truncated && (
        <p class="note note-warn">
          The list or the patch is not whole: it is too big to be kept. On the machine, the whole is in{' '}
          <code>
            <Visible text={git?.worktree ?? 'the folder'} />
          </code>
          .
        </p>
      )}
      {diff.files === 0 && <p class="quiet">No file was changed.</p>}
      {diff.changes.map((change, at) => {
        const lines = change.insertions + change.deletions;
        const isOpen = open < MAX_OPEN_FILES && lines > 0 && lines <= MAX_OPEN_LINES && !change.binary;
        if (isOpen) open += 1;
        return (
          <FileDiff
            key={`${at} ${change.path}`}
            change={change}
            route={`/projects/${id}/rounds/${round}/diff/${at + 1}`}
            command={commandFor(git, change.path)}
            isOpenAtFirst={isOpen}
          />
        );
      })}
    </section>
  );
}

/** A path is quoted, so that pasting it runs nothing of it. */
function commandFor(git: WireEvidence['git'], path: string): string | undefined {
  if (!git) return undefined;
  const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  return `git -C ${quoted(git.repo)} diff ${git.base_oid} ${git.commit ?? git.tree} -- ${quoted(path)}`;
}
