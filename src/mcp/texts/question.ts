/** What Claude Code asks, in words and as facts: all of it, since a person decides on it. */
import type { Question } from '../../bridge/questions.ts';
import type { ProjectId } from '../../project/ids.ts';
import { quote } from '../../project/quotation.ts';
import { type AskedRequest, isUndecided } from '../../project/request.ts';
import { inputText } from '../../project/request-input.ts';
import { describeRepeat, describeState } from '../../project/request-text.ts';
import { describeResumeCost } from '../../project/resume-cost.ts';
import { cleanLine, cleanText, plural } from '../../project/text.ts';
import { toWireRequest } from '../../wire/request.ts';
import type { ToolRequest } from '../../wire/schemas/tool-nouns.ts';
import { cut } from '../fit.ts';
import type { Verbs } from '../verbs.ts';
import { projectLine } from './project.ts';

type Asked = Pick<Question, 'request' | 'resumeCost'>;

/** Room for the words or the input of one. */
const MAX_BYTES = 5_000;

export function requestFacts({ request, resumeCost }: Asked): ToolRequest {
  const { id, project_id, kind, state, created_at, ...wire } = toWireRequest(request, resumeCost);
  const isQuestion = kind === 'question';
  return {
    request_id: id,
    project_id,
    kind,
    state,
    created_at,
    ...(isQuestion
      ? { question: shorten(wire.question, request), options: wire.options.map(cleanLine) }
      : { tool_name: cleanLine(wire.tool_name), input: shorten(wire.input, request) }),
    ...(wire.agent_id === null ? {} : { agent_id: wire.agent_id }),
    ...(wire.default_answer === null ? {} : { default_answer: cleanLine(wire.default_answer) }),
    ...(wire.deadline === null ? {} : { deadline: wire.deadline }),
    ...(wire.resume_cost === null ? {} : { resume_cost: wire.resume_cost }),
    ...(wire.scope === null ? {} : { scope: wire.scope }),
    ...(wire.answer === null ? {} : { answer: shorten(wire.answer, request) }),
    ...(wire.decided_by === null ? {} : { decided_by: wire.decided_by }),
    ...(wire.decided_at === null ? {} : { decided_at: wire.decided_at }),
    ...(wire.cut_off_at === null ? {} : { cut_off_at: wire.cut_off_at }),
    ...(wire.repeats === null ? {} : { repeats: wire.repeats }),
  };
}

export function questionText(question: Question): string[] {
  return ['', projectLine(question.project), ...requestText(question)];
}

export function requestText({ request, resumeCost }: Asked): string[] {
  const { id, kind, toolName, agentId, createdAt, question, input, options, defaultAnswer, deadline } =
    request;
  const isQuestion = kind === 'question';
  const words = isQuestion
    ? [
        question,
        ...options.map((option) => `- ${option}`),
        ...(defaultAnswer === null ? [] : [`Default: ${defaultAnswer}`]),
      ]
    : [toolName, inputText(input)];
  const who = agentId === null ? '' : ', in a subagent';
  return [
    isQuestion
      ? `Question \`${id}\`, asked at ${createdAt}${who}:`
      : `Permission \`${id}\`, asked at ${createdAt}${who}, for this call:`,
    quote(shorten(words.join('\n'), request)),
    '',
    ...(isUndecided(request) ? [settle(request)] : [`${cleanLine(describeState(request))}.`]),
    ...(isUndecided(request) && request.repeats !== null ? [describeRepeat(request)] : []),
    ...(isUndecided(request) && deadline !== null
      ? [`Without a decision it is decided by default at ${deadline}.`]
      : []),
    ...(resumeCost ? [describeResumeCost(resumeCost)] : []),
  ];
}

function settle({ id, kind }: AskedRequest): string {
  return kind === 'question'
    ? `Once the person has answered: bridge_answer with request_id ${id}.`
    : `Once the person has decided: bridge_allow or bridge_deny with request_id ${id}.`;
}

function shorten(text: string, { projectId }: AskedRequest): string {
  const { text: beginning, left } = cut(cleanText(text), MAX_BYTES);
  return left === 0
    ? beginning
    : `${beginning}… (${left} more characters; whole: \`bridge-supervisor questions ${projectId}\`)`;
}

/** A sentence for answers that show something else, while Claude waits for the person; nothing when it does not. */
export async function waitingQuestions(
  verbs: Pick<Verbs, 'questions'>,
  projectId?: ProjectId,
): Promise<string[]> {
  const asked = await verbs.questions({ undecided: true, ...(projectId !== undefined && { projectId }) });
  return asked.length === 0
    ? []
    : [
        `Claude Code asks the person ${plural(asked.length, 'thing')}, and waits: show it with bridge_get_questions.`,
      ];
}
