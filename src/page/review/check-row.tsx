import { useSignal } from '@preact/signals';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { durationText } from '../duration-text.ts';
import { plural, sizeText } from '../figures.ts';
import { Icon } from '../parts/icons.tsx';
import { usePagedText } from '../parts/paged-text.ts';
import { ProblemNote } from '../parts/problem.tsx';
import { TerminalText } from '../parts/terminal-text.tsx';
import { Long, Visible } from '../parts/text.tsx';
import { endText, lastLines } from './check-words.ts';
import { roundRoute } from './routes.ts';
import { isPassed } from './verdict.ts';

type Check = WireEvidence['checks'][number];

/** One check of the owner: how it ended, its last words where it failed, and all that it printed on request. */
export function CheckRow({ check, evidence }: { readonly check: Check; readonly evidence: WireEvidence }) {
  const isOpen = useSignal(false);
  const passed = isPassed(check);
  return (
    <li class={`fact ${passed ? 'fact-good' : 'fact-bad'}`}>
      <Icon name={passed ? 'passed' : 'failed'} />
      <div>
        <button
          type="button"
          class="check-name"
          aria-expanded={isOpen.value}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          <span>
            <Visible text={check.name} />
          </span>
          <span class="check-facts">
            {durationText(check.duration_ms)}, {endText(check)}
          </span>
          <Icon name="fold" />
        </button>
        {check.changed_files.length > 0 && (
          <p class="warn">It changed {plural(check.changed_files.length, 'file')} itself.</p>
        )}
        {check.leftovers.length > 0 && (
          <p class="warn">
            It left {check.leftovers.length === 1 ? 'a process' : `${check.leftovers.length} processes`} that
            could not be ended.
          </p>
        )}
        {!passed && !isOpen.value && check.output_tail.trim() !== '' && (
          <TerminalText text={lastLines(check.output_tail)} />
        )}
        {isOpen.value && <Output check={check} evidence={evidence} />}
      </div>
    </li>
  );
}

function Output({
  check,
  evidence: { project_id, round },
}: {
  readonly check: Check;
  readonly evidence: WireEvidence;
}) {
  const route = `${roundRoute(project_id, round)}/checks/${encodeURIComponent(check.name)}`;
  const { text, problem, more } = usePagedText(route);
  return (
    <>
      <p class="quiet">
        <code>
          <Visible text={check.run} />
        </code>{' '}
        printed {sizeText(check.output_bytes)}
      </p>
      {check.failure !== null && (
        <p class="bad">
          <Long text={check.failure} max={300} />
        </p>
      )}
      <ProblemNote problem={problem} />
      {text !== undefined && text.trim() !== '' && <TerminalText text={text} />}
      {more && (
        <button type="button" onClick={more}>
          Read on
        </button>
      )}
    </>
  );
}
