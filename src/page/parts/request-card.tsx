import { useSignal } from '@preact/signals';
import { dollars } from '../../project/costs.ts';
import { isUndecided } from '../../project/request.ts';
import type { WireRequest } from '../../wire/schemas/request.ts';
import { announce } from '../announce.ts';
import { draftOf } from '../drafts.ts';
import { actorText } from '../figures.ts';
import { projectAddress } from '../route.ts';
import { may } from '../session.ts';
import { clockText, untilText } from '../time-text.ts';
import { plainLine } from '../visible-text.ts';
import { useAction } from './action.ts';
import { lazy } from './lazy.tsx';
import { ProblemNote } from './problem.tsx';
import { Ago, Long, Visible } from './text.tsx';
import { TextForm } from './text-form.tsx';

/** What Claude asks in the middle of its work: a question, or the permission for one call. */
export function RequestCard({
  request,
  title,
}: {
  readonly request: WireRequest;
  /** Where the card stands alone: of the project that asks. */
  readonly title?: string | undefined;
}) {
  const { kind, project_id, created_at } = request;
  const waits = isUndecided(request);
  return (
    <article class={`card ${waits ? 'card-yours' : ''}`}>
      <div class="card-head">
        <h2 class="card-title">
          {title === undefined ? (
            'Claude'
          ) : (
            <a href={projectAddress(project_id)} data-item>
              {plainLine(title)}
            </a>
          )}{' '}
          {kind === 'question' ? 'asks' : 'asks for permission'}
        </h2>
      </div>
      {kind === 'question' ? <Question request={request} /> : <Call request={request} />}
      <p class="facts">
        <span>
          asked <Ago time={created_at} />
        </span>
        {waits && <Deadline request={request} />}
        {waits && <ResumeCost request={request} />}
      </p>
      {waits &&
        may('decide') &&
        (kind === 'question' ? <AnswerForm request={request} /> : <Permit request={request} />)}
      {!waits && <Decided request={request} />}
    </article>
  );
}

/** A question is read as it was written until what reads Markdown is there. */
const Markdown = lazy(
  () => import('../later-rest.ts').then(({ Markdown: View }) => View),
  ({ text }: { readonly text: string }) => <Visible text={text} />,
);

function Question({ request: { question } }: { readonly request: WireRequest }) {
  return (
    <div class="words">
      <Markdown text={question} />
    </div>
  );
}

function Call({ request: { tool_name, input } }: { readonly request: WireRequest }) {
  return (
    <>
      <p>
        It wants to call <code>{tool_name}</code> with:
      </p>
      <pre class="output">
        <Long text={readable(input)} />
      </pre>
    </>
  );
}

function readable(json: string): string {
  try {
    const { command, ...rest } = JSON.parse(json) as Record<string, unknown>;
    if (typeof command === 'string' && Object.keys(rest).every((key) => key === 'description'))
      return command;
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function Deadline({ request: { deadline, default_answer, kind } }: { readonly request: WireRequest }) {
  if (deadline === null) return null;
  const otherwise = kind === 'permission' ? 'No' : `“${default_answer ?? ''}”`;
  return (
    <span class="warn">
      {otherwise} at {clockText(deadline)} (in {untilText(deadline)})
    </span>
  );
}

function ResumeCost({ request: { resume_cost: cost } }: { readonly request: WireRequest }) {
  if (cost?.usd === null || cost === null) return null;
  return <span>going on reads for {dollars(cost.usd)}</span>;
}

function AnswerForm({ request: { id, options } }: { readonly request: WireRequest }) {
  const answer = useAction(`POST /questions/${id}/answer`);
  const send = async (text: string): Promise<boolean> => {
    const done = await answer.run({ answer: text });
    if (done?.ok) announce('Answered.');
    return done?.ok === true;
  };
  return (
    <>
      {options.length > 0 && (
        <div class="options">
          {options.map((option) => (
            <button type="button" key={option} disabled={answer.isOff} onClick={() => void send(option)}>
              <Long text={option} />
            </button>
          ))}
        </div>
      )}
      <TextForm
        label={options.length > 0 ? 'Or in your words' : 'Your answer'}
        draft={draftOf(`request/${id}`)}
        submit="Answer"
        isOff={answer.isOff}
        onSend={send}
      />
      <ProblemNote problem={answer.problem} />
    </>
  );
}

function Permit({ request: { id } }: { readonly request: WireRequest }) {
  const decide = useAction(`POST /permissions/${id}`);
  const isDenying = useSignal(false);
  const send = async (decision: 'once' | 'project' | 'deny', reason?: string): Promise<boolean> => {
    const done = await decide.run(reason === undefined ? { decision } : { decision, reason });
    if (done?.ok) announce(decision === 'deny' ? 'Denied.' : 'Allowed.');
    return done?.ok === true;
  };
  if (isDenying.value)
    return (
      <>
        <TextForm
          label="Why not? Claude is told this."
          draft={draftOf(`request/${id}`)}
          submit="Deny"
          isOff={decide.isOff}
          onSend={(text) => send('deny', text)}
          onCancel={() => {
            isDenying.value = false;
          }}
          hasFocus
        />
        <ProblemNote problem={decide.problem} />
      </>
    );
  return (
    <>
      <div class="choices permit">
        <button type="button" class="danger" disabled={decide.isOff} onClick={() => (isDenying.value = true)}>
          Deny…
        </button>
        <span class="choices-right">
          <button type="button" disabled={decide.isOff} onClick={() => void send('project')}>
            Allow in project
          </button>
          <button type="button" class="primary" disabled={decide.isOff} onClick={() => void send('once')}>
            Allow once
          </button>
        </span>
      </div>
      <ProblemNote problem={decide.problem} />
    </>
  );
}

function Decided({ request: { state, answer, decided_by, decided_at } }: { readonly request: WireRequest }) {
  return (
    <p class="quiet">
      {state}
      {decided_by !== null && ` by ${actorText(decided_by)}`}
      {decided_at !== null && (
        <>
          , <Ago time={decided_at} />
        </>
      )}
      {answer !== null && answer !== '' && (
        <>
          : “<Long text={answer} />”
        </>
      )}
    </p>
  );
}
