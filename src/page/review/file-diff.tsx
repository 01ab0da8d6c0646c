import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import { useMemo } from 'preact/hooks';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { Copy } from '../parts/copy.tsx';
import { LineCounts } from '../parts/line-counts.tsx';
import { usePagedText } from '../parts/paged-text.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { Long, Visible } from '../parts/text.tsx';
import { tokensIn } from '../parts/tokens.ts';
import { plainLine } from '../visible-text.ts';
import { linePieces } from './line-pieces.ts';
import { type PatchLine, patchLines } from './patch-lines.ts';

type Change = NonNullable<WireEvidence['diff']>['changes'][number];

/** So many changed lines are shown when a person asks for them. */
const MAX_UNASKED_LINES = 2_000;
/** So many lines are put into the page at once. */
const STEP_LINES = 500;
/** What a machine writes is folded at first. */
const GENERATED =
  /(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|go\.sum|.*\.min\.(?:js|css)|.*\.snap)$/;

interface Props {
  readonly change: Change;
  /** Where its patch is read. */
  readonly route: string;
  /** What shows the same on the machine. */
  readonly command: string | undefined;
  readonly isOpenAtFirst: boolean;
}

/** What was changed in one file: folded, or line by line. */
export function FileDiff({ change, route, command, isOpenAtFirst }: Props) {
  const { path, old_path: oldPath, binary, status } = change;
  const isOpen = useSignal(isOpenAtFirst && !GENERATED.test(path));
  const isSeen = useSignal(false);
  const toggle = () => {
    isOpen.value = !isOpen.value;
  };
  const see = () => {
    isSeen.value = !isSeen.value;
    isOpen.value = !isSeen.value;
  };
  return (
    <section class={`file ${isSeen.value ? 'file-seen' : ''}`} aria-label={plainLine(path)}>
      <div class="file-head">
        <button type="button" class="file-name" aria-expanded={isOpen.value} onClick={toggle} data-file>
          <span class="file-path">
            {oldPath !== undefined && (
              <>
                <Visible text={oldPath} /> →{' '}
              </>
            )}
            <Visible text={path} />
          </span>
          <span class="file-size">
            {WORDS[status] !== undefined && <span>{WORDS[status]}</span>}
            {binary ? <span>binary</span> : <LineCounts of={change} />}
          </span>
        </button>
        <label class="seen">
          <input type="checkbox" checked={isSeen.value} onChange={see} /> Seen
        </label>
      </div>
      {isOpen.value && <Opened change={change} route={route} command={command} />}
    </section>
  );
}

const WORDS: Readonly<Partial<Record<Change['status'], string>>> = {
  A: 'new',
  D: 'deleted',
  R: 'renamed',
  T: 'another type',
};

function Opened({ change, route, command }: Omit<Props, 'isOpenAtFirst'>) {
  const lines = change.insertions + change.deletions;
  const isAsked = useSignal(lines <= MAX_UNASKED_LINES);
  if (!isAsked.value)
    return (
      <div class="file-note">
        <p>This file has {lines.toLocaleString('en')} changed lines.</p>
        <div class="choices">
          <Copy text={command} name="Copy the git command" />
          <button type="button" onClick={() => (isAsked.value = true)}>
            Show anyway
          </button>
        </div>
      </div>
    );
  return <Patch route={route} path={change.path} />;
}

function Patch({ route, path }: { readonly route: string; readonly path: string }) {
  const { text, problem, more } = usePagedText(route);
  const shown = useSignal(STEP_LINES);
  const lines = useMemo(() => (text === undefined ? [] : patchLines(text)), [text]);
  if (problem) return <ProblemNote problem={problem} />;
  if (text === undefined) return <p class="file-note quiet">Loading…</p>;
  const rest = lines.length - shown.value;
  return (
    <>
      <table class="patch" aria-label="Changed lines">
        <colgroup>
          <col class="col-number" />
          <col class="col-mark" />
          <col />
        </colgroup>
        <tbody>
          {lines.slice(0, shown.value).map((line, at) => (
            <Line key={`${at}`} line={line} path={path} />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <button type="button" class="file-more" onClick={() => (shown.value += STEP_LINES)}>
          Show {Math.min(rest, STEP_LINES)} of {rest.toLocaleString('en')} further lines
        </button>
      )}
      {rest <= 0 && more && (
        <button type="button" class="file-more" onClick={more}>
          Read on
        </button>
      )}
    </>
  );
}

const MARKS = { added: '+', removed: '−', same: '', hunk: '', note: '' } as const;

function Line({ line, path }: { readonly line: PatchLine; readonly path: string }) {
  const { kind, text, before, after } = line;
  return (
    <tr class={`line-${kind}`}>
      <td class="line-number">{after ?? before ?? ''}</td>
      <td class="line-mark">{MARKS[kind]}</td>
      <td class="line-text">
        {text.length > MAX_LINE_CHARACTERS ? <Long text={text} /> : <LineText line={line} path={path} />}
      </td>
    </tr>
  );
}

/** The beginning of longer lines is shown, and the rest on request. */
const MAX_LINE_CHARACTERS = 2_000;

function LineText({
  line: { kind, text, words },
  path,
}: {
  readonly line: PatchLine;
  readonly path: string;
}) {
  const isCode = kind !== 'hunk' && kind !== 'note';
  const tokens = (isCode && tokensIn(text, path)) || [{ kind: 'plain', words: text } as const];
  return (
    <>
      {linePieces(tokens, words).map((piece, at) => {
        const shown =
          piece.kind === 'plain' ? (
            <Visible text={piece.words} />
          ) : (
            <span class={`token-${piece.kind}`}>
              <Visible text={piece.words} />
            </span>
          );
        return piece.isChanged ? (
          <mark key={`${at}`}>{shown}</mark>
        ) : (
          <Fragment key={`${at}`}>{shown}</Fragment>
        );
      })}
    </>
  );
}
