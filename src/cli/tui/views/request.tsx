/** What Claude asks in the middle of its work: everything of it, and what a person may say. */
import { ofRequests } from '../../../page/live/concerns.ts';
import { isUndecided } from '../../../project/request.ts';
import type { WireProjectAnswer } from '../../../wire/schemas/http.ts';
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { WireRequest } from '../../../wire/schemas/request.ts';
import { clip } from '../../terminal/text.ts';
import { may, type Tui, useNow, useTui } from '../context.ts';
import { note, section } from '../lines/items.ts';
import { line } from '../lines/line.ts';
import { requestLines } from '../lines/request.ts';
import type { Item } from '../lines/scroll.ts';
import { type Action, useAction } from '../live/use-action.ts';
import { useResource } from '../live/use-resource.ts';
import { Scroller, SIGN_COLUMNS } from '../parts/scroller.tsx';
import { Loading } from './loading.tsx';
import type { ViewProps } from './view-props.ts';

export function RequestView({ id, columns, height }: ViewProps & { readonly id: string }) {
  const tui = useTui();
  const open = useResource<readonly WireRequest[]>('/questions', ofRequests);
  const listed = open.value?.find((one) => one.id === id);
  // One that was decided meanwhile is told by its project alone.
  const project = useResource<WireProjectAnswer>(projectRoute(tui, id, listed));
  const now = useNow();
  const action = useAction();
  const request = project.value?.requests.find((one) => one.id === id) ?? listed;
  if (!request || !open.value)
    return open.value ? (
      <Loading problem={{ ...GONE, facts: {} }} columns={columns} />
    ) : (
      <Loading problem={open.problem} columns={columns} />
    );
  const width = columns - SIGN_COLUMNS;
  const items: Item[] = [
    note('head', [line(headOf(request, project.value?.project, width), 'title')]),
    note('request', requestLines(request, width, now)),
    ...(isUndecided(request) ? choices(request, tui, action) : []),
    ...section('More', [
      {
        key: 'project',
        lines: [line('Open the project', 'accent')],
        keys: { enter: () => tui.goTo({ view: 'project', id: request.project_id }) },
      },
    ]),
  ];
  return <Scroller name={`request ${id}`} items={items} columns={columns} height={height} />;
}

const GONE = {
  status: 404,
  code: 'gone',
  detail: 'This is not asked any more: it was decided, or withdrawn. Esc: back',
};

/** Remembers of which project it is, as it leaves the list when it is decided. */
function projectRoute({ places }: Tui, id: string, listed: WireRequest | undefined): string | undefined {
  const name = `request ${id} project`;
  if (listed) places.set(name, listed.project_id);
  const projectId = places.get(name);
  return projectId === undefined ? undefined : `/projects/${projectId}`;
}

function headOf(
  { kind, project_id }: WireRequest,
  project: WireProject | undefined,
  columns: number,
): string {
  const what = kind === 'question' ? 'asks' : 'asks for permission';
  return `${clip(project?.title ?? project_id, columns - what.length - 1)} ${what}`;
}

function choices(request: WireRequest, tui: Tui, action: Action): Item[] {
  if (!may(tui, 'decide'))
    return [note('role', [line('This terminal may read. To decide it needs the role decide.', 'quiet')])];
  return section(
    'What you say',
    request.kind === 'question' ? answers(request, tui, action) : permits(request, tui, action),
  );
}

function answers({ id, options }: WireRequest, tui: Tui, action: Action): Item[] {
  const send = (answer: string) => void action.run(`POST /questions/${id}/answer`, { answer }, 'Answered.');
  const confirm = (answer: string) => () =>
    tui.ask({
      kind: 'confirm',
      about: [{ text: `“${clip(answer, 400)}”`, isDoubt: false }],
      question: 'Answer this?',
      onYes: () => send(answer),
    });
  return [
    ...options.map(
      (option, at): Item => ({
        key: `option ${at}`,
        lines: [line(option)],
        keys: { enter: confirm(option) },
      }),
    ),
    {
      key: 'words',
      lines: [line(options.length > 0 ? 'Or in your words…' : 'Your answer…', 'accent')],
      keys: {
        enter: () =>
          tui.ask({
            kind: 'write',
            title: 'Your answer',
            label: 'Claude is told this word for word.',
            draft: `request/${id}`,
            onSend: (text) => confirm(text)(),
          }),
      },
    },
  ];
}

function permits({ id, tool_name: tool }: WireRequest, tui: Tui, action: Action): Item[] {
  const send = (decision: 'once' | 'project' | 'deny', reason?: string) =>
    void action.run(
      `POST /permissions/${id}`,
      reason === undefined ? { decision } : { decision, reason },
      decision === 'deny' ? 'Denied.' : 'Allowed.',
    );
  const allow = (text: string, decision: 'once' | 'project', question: string): Item => ({
    key: decision,
    lines: [line(text)],
    keys: { enter: () => tui.ask({ kind: 'confirm', about: [], question, onYes: () => send(decision) }) },
  });
  return [
    allow('Allow once', 'once', `Allow this call of ${tool}, this once?`),
    allow('Allow in this project', 'project', `Allow each equal call of ${tool} in this project?`),
    {
      key: 'deny',
      lines: [line('Deny…', 'bad')],
      keys: {
        enter: () =>
          tui.ask({
            kind: 'write',
            title: 'Why not?',
            label: 'Claude is told this word for word.',
            draft: `request/${id}`,
            onSend: (reason) =>
              tui.ask({
                kind: 'confirm',
                about: [{ text: `“${clip(reason, 400)}”`, isDoubt: false }],
                question: 'Deny the call?',
                onYes: () => send('deny', reason),
              }),
          }),
      },
    },
  ];
}
