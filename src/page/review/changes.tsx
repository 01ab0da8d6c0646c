import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { after } from '../browser-clock.ts';
import { plural } from '../figures.ts';
import { LineCounts } from '../parts/line-counts.tsx';
import { Visible } from '../parts/text.tsx';
import { FileDiff } from './file-diff.tsx';
import { changeRoute } from './routes.ts';

/** So many files are shown line by line at first; further ones are folded. */
const MAX_OPEN_FILES = 5;
const MAX_OPEN_LINES = 400;
/** So many files are put into the page at once; the others follow when those are there. */
const FIRST_FILES = 20;

/** What the round changed, file by file. */
export function Changes({ evidence }: { readonly evidence: WireEvidence }) {
  const { diff, git, project_id: id, round } = evidence;
  const isWhole = useSignal(false);
  useEffect(() => after(0, () => (isWhole.value = true)), []);
  if (!diff) return null;
  const shown = isWhole.value ? diff.changes : diff.changes.slice(0, FIRST_FILES);
  let open = 0;
  return (
    <section class="changes" aria-labelledby="changes">
      <h2 id="changes">
        What changed: {plural(diff.files, 'file')} <LineCounts of={diff} />
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
      {shown.map((change, at) => {
        const lines = change.insertions + change.deletions;
        const isOpen = open < MAX_OPEN_FILES && lines > 0 && lines <= MAX_OPEN_LINES && !change.binary;
        if (isOpen) open += 1;
        return (
          <FileDiff
            key={`${at} ${change.path}`}
            change={change}
            route={changeRoute(id, round, at + 1)}
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
