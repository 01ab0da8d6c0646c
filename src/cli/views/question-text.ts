/** What Claude asks, as a person reads it before they decide: everything of it, and the commands that settle it. */
import type { Question } from '../../bridge/questions.ts';
import { requestCommands } from '../../control/next-commands.ts';
import { type AskedRequest, isUndecided } from '../../project/request.ts';
import { inputText } from '../../project/request-input.ts';
import { describeRepeat, describeState } from '../../project/request-text.ts';
import { describeResumeCost } from '../../project/resume-cost.ts';
import { indented, type Layout, projectHead } from '../terminal/layout.ts';
import { clip, flow, plainLine, shorten, wrap } from '../terminal/text.ts';
import { ago, dateAndTime, upcoming } from '../terminal/time.ts';

/** Each under the name of its project. */
export function questionLines(asked: readonly Question[], layout: Layout): string[] {
  return asked.flatMap(({ request, project, resumeCost }, index) => {
    const isOfSame = asked[index - 1]?.project.id === project.id;
    return [
      ...(index === 0 ? [] : ['']),
      ...(isOfSame ? [] : [layout.out.style('bold', projectHead(project, layout.columns))]),
      ...indented(requestLines({ request, resumeCost }, layout)),
    ];
  });
}

/** @param most Lines of the words and the input that are shown; all, if not given. */
export function requestLines(
  { request, resumeCost }: Pick<Question, 'request' | 'resumeCost'>,
  { out, columns, now }: Layout,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const width = columns - 2;
  const { kind, toolName, agentId, question, input } = request;
  const words = shorten(wrap(kind === 'question' ? question : inputText(input), width - 2), most);
  return [
    ...flow(
      [`${kind} ${request.id}`, `asked ${ago(request.createdAt, now)}`, ...waiting(request, now)],
      width,
    ),
    ...(kind === 'question'
      ? []
      : [clip(`Claude wants to call ${toolName}${agentId === null ? '' : ', in a subagent'}:`, width)]),
    ...words.map((line) => `| ${line}`),
    ...wrap(choices(request), width).filter((line) => line !== ''),
    ...(resumeCost ? wrap(describeResumeCost(resumeCost, dateAndTime), width) : []),
    ...(isUndecided(request) ? wrap(describeRepeat(request), width).filter((line) => line !== '') : []),
    ...(isUndecided(request)
      ? requestCommands(request).map((command) => out.style('cyan', command))
      : wrap(outcome(request), width)),
  ];
}

function waiting({ state, deadline }: AskedRequest, now: Date): string[] {
  if (state !== 'open' && state !== 'deferred') return [];
  return deadline === null ? [] : [`decided by default ${upcoming(deadline, now)}`];
}

function choices({ kind, options, defaultAnswer }: AskedRequest): string {
  if (kind !== 'question') return '';
  const among = options.length === 0 ? '' : `One of: ${options.map(plainLine).join(' / ')}`;
  const otherwise = defaultAnswer === null ? '' : `Default: ${plainLine(defaultAnswer)}`;
  return [among, otherwise].filter((part) => part !== '').join('. ');
}

function outcome(request: AskedRequest): string {
  const { answer } = request;
  return `${describeState(request)}${answer === null ? '' : `: ${plainLine(answer)}`}`;
}
