/** A plan as it is written: keys and workspaces are offered, and the server says what it would refuse. */
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { WireCheckedPlan, WirePlanRules } from '../../wire/schemas/plan-rules.ts';
import { call } from '../api.ts';
import { after } from '../browser-clock.ts';
import { ofNothing } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { Long } from '../parts/text.tsx';
import { TextForm } from '../parts/text-form.tsx';
import { plainLine } from '../visible-text.ts';
import { type Caret, caretIn, completed } from './caret.ts';

interface Props {
  readonly label: string;
  readonly draft: Signal<string>;
  /** The word on the button. */
  readonly submit: string;
  readonly isOff: boolean;
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onCancel?: () => void;
  /** What the plan is for: of which project, of which schedule, or in which workspace. */
  readonly target: Target;
}

export interface Target {
  readonly project_id?: string;
  readonly schedule_id?: string;
  readonly workspace?: string;
}

export function PlanForm({ target, ...form }: Props) {
  const { draft } = form;
  const rules = useResource<WirePlanRules>('/plans/rules', ofNothing);
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useSignal<Caret | undefined>(undefined);
  useEffect(() => {
    const look = () => {
      const { current } = field;
      // A press on what is offered takes the focus, and what is offered stays.
      if (current && document.activeElement === current)
        caret.value = caretIn(current.value, current.selectionEnd);
    };
    document.addEventListener('selectionchange', look);
    document.addEventListener('input', look);
    return () => {
      document.removeEventListener('selectionchange', look);
      document.removeEventListener('input', look);
    };
  }, []);
  const put = (typed: string, words: string) => {
    const { current } = field;
    if (!current) return;
    const next = completed(draft.peek(), current.selectionEnd, typed, words);
    draft.value = next.plan;
    current.value = next.plan;
    current.focus();
    current.setSelectionRange(next.position, next.position);
  };
  const begin = () => {
    draft.value = `---\n\n---\n${draft.peek()}`;
    const { current } = field;
    if (!current) return;
    current.value = draft.peek();
    current.focus();
    current.setSelectionRange(4, 4);
  };
  return (
    <TextForm {...form} field={field} rows={16}>
      {!/^---\s*\n/.test(draft.value) && (
        <p>
          <button type="button" class="link" onClick={begin}>
            Add settings above the plan
          </button>
        </p>
      )}
      {caret.value && rules.value && <Offered caret={caret.value} rules={rules.value} onPut={put} />}
      <Checked draft={draft} target={target} />
    </TextForm>
  );
}

interface OfferedProps {
  readonly caret: Caret;
  readonly rules: WirePlanRules;
  readonly onPut: (typed: string, words: string) => void;
}

/** What may stand where somebody writes. */
function Offered({ caret, rules: { settings, workspaces }, onPut }: OfferedProps) {
  if (caret.at === 'value') {
    const known = settings.find(({ name }) => name === caret.key);
    if (!known) return null;
    const names = caret.key === 'workspace' ? workspaces.map(({ name }) => name) : [];
    return (
      <div class="offered">
        <p class="quiet">
          <code>{known.name}</code>: {known.allowed}
        </p>
        <Words
          words={names.filter((name) => name !== caret.typed)}
          onPress={(name) => onPut(caret.typed, name)}
        />
      </div>
    );
  }
  const names = settings
    .map(({ name }) => name)
    .filter((name) => name.startsWith(caret.typed) && name !== caret.typed && !caret.used.includes(name));
  return (
    <div class="offered">
      <Words words={names} onPress={(name) => onPut(caret.typed, `${name}: `)} />
    </div>
  );
}

interface WordsProps {
  readonly words: readonly string[];
  readonly onPress: (word: string) => void;
}

function Words({ words, onPress }: WordsProps) {
  return (
    <>
      {words.map((word) => (
        <button type="button" key={word} class="offer" onClick={() => onPress(word)}>
          {plainLine(word)}
        </button>
      ))}
    </>
  );
}

/** Who types on wants no answer yet; a credential has 120 writes a minute. */
const PAUSE_MS = 800;

/** What the server would refuse. */
function Checked({ draft, target }: Pick<Props, 'draft' | 'target'>) {
  const checked = useSignal<WireCheckedPlan | undefined>(undefined);
  const { workspace } = target;
  const where = useSignal(workspace);
  useEffect(() => {
    where.value = workspace;
  }, [workspace]);
  useSignalEffect(() => {
    const markdown = draft.value;
    const body = { ...target, ...(where.value !== undefined && { workspace: where.value }), markdown };
    if (markdown.trim() === '') {
      checked.value = undefined;
      return;
    }
    let isOver = false;
    const callOff = after(PAUSE_MS, () => {
      void call<WireCheckedPlan>('POST /plans/check', { body }).then((answer) => {
        if (answer.ok && !isOver) checked.value = answer.value;
      });
    });
    return () => {
      isOver = true;
      callOff();
    };
  });
  const { value } = checked;
  if (!value) return null;
  const { problems, title, not_used: notUsed } = value;
  return (
    <div role="status">
      {problems.length > 0 ? (
        <ul class="note note-warn problems">
          {problems.map((problem) => (
            <li key={problem}>
              <Long text={problem} max={600} />
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">It would be accepted{title !== null && <> as “{plainLine(title)}”</>}.</p>
      )}
      {notUsed.length > 0 && (
        <p class="quiet">Keys of other tools, which say nothing here: {notUsed.map(plainLine).join(', ')}</p>
      )}
    </div>
  );
}
