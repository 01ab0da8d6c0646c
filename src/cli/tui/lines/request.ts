/** What Claude asks in the middle of its work, in lines. */
import { actorText } from '../../../page/figures.ts';
import { dollars } from '../../../project/costs.ts';
import { isUndecided } from '../../../project/request.ts';
import { inputText } from '../../../project/request-input.ts';
import type { WireRequest } from '../../../wire/schemas/request.ts';
import { clip, plainLine } from '../../terminal/text.ts';
import { facts, type Line, line, paragraph, type Span } from './line.ts';
import { agoText, untilText } from './times.ts';

/** In a list: who asks what, and what becomes of it when nobody answers. */
export function requestLine(request: WireRequest, title: string, columns: number, now: number): Line[] {
  const { kind, question, tool_name, input, created_at } = request;
  const what = kind === 'question' ? question : `${tool_name}: ${inputText(input)}`;
  return [
    [
      { text: clip(title, columns - 24), tone: 'title' },
      { text: kind === 'question' ? '  asks' : '  asks for permission', tone: 'yours' },
    ],
    line(`  ${clip(plainLine(what), columns - 2)}`),
    [
      { text: '  ' },
      ...facts({ text: `asked ${agoText(created_at, now)}`, tone: 'quiet' }, deadlineSpan(request, now)),
    ],
  ];
}

/** Everything of it, before a person decides. */
export function requestLines(request: WireRequest, columns: number, now: number): Line[] {
  const { kind, question, tool_name, input, created_at, agent_id: agent, resume_cost: cost } = request;
  const isQuestion = kind === 'question';
  return [
    ...(isQuestion
      ? []
      : paragraph(`It wants to call ${tool_name}${agent === null ? '' : ', in a subagent'}, with:`, columns)),
    ...paragraph(isQuestion ? question : inputText(input), columns - 2).map(
      (one): Line => [{ text: '| ', tone: 'accent' }, ...one],
    ),
    facts(
      { text: `asked ${agoText(created_at, now)}`, tone: 'quiet' },
      deadlineSpan(request, now),
      cost === null || cost.usd === null
        ? undefined
        : { text: `going on reads for ${dollars(cost.usd)}`, tone: 'quiet' },
    ),
    ...(isUndecided(request) ? [] : paragraph(decidedText(request, now), columns, 'quiet')),
  ];
}

function deadlineSpan(request: WireRequest, now: number): Span | undefined {
  const { deadline, default_answer, kind } = request;
  if (deadline === null || !isUndecided(request)) return undefined;
  const otherwise = kind === 'permission' ? 'No' : `“${default_answer ?? ''}”`;
  return { text: `${otherwise} at ${untilText(deadline, now)}`, tone: 'warn' };
}

function decidedText({ state, decided_by: by, decided_at: at, answer }: WireRequest, now: number): string {
  const who = by === null ? '' : ` by ${actorText(by)}`;
  const when = at === null ? '' : `, ${agoText(at, now)}`;
  return `${state}${who}${when}${answer === null || answer === '' ? '' : `: “${answer}”`}`;
}
