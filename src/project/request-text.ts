/** What a person and Claude read about what was asked and decided. */
import { asCode, quote } from './quotation.ts';
import { type AskedRequest, isPermitted, type PermissionScope, type RequestState } from './request.ts';

/** How it was decided, in a word or two: `answered`, `allowed for the project`. */
export function describeDecision({
  decision,
  scope,
}: {
  readonly decision: 'answered' | 'allowed' | 'denied' | 'defaulted';
  readonly scope: PermissionScope | null;
}): string {
  if (decision === 'defaulted') return 'decided by default';
  if (decision !== 'allowed') return decision;
  return scope === 'project' ? 'allowed for the project' : 'allowed once';
}

/**
 * What Claude is told about a call that it has made: the reason of a denial, or that nobody answered. Empty for a call
 * that may be made.
 */
export function denialText({
  answer,
  state,
  decidedVia,
}: Pick<AskedRequest, 'answer' | 'state' | 'decidedVia'>): string {
  if (state === 'defaulted' || decidedVia === 'rule')
    return 'nobody decided in time, so it is denied: go on without it, and name it in the caveats.';
  return `the person denied it: ${answer}`;
}

/** The answer to a question as Claude reads it. */
export function answerText({ answer }: Pick<AskedRequest, 'answer'>): string {
  return answer ?? 'Nobody answered in time. Decide yourself, and name in the caveats what you decided.';
}

/** What was decided about a call that the session does not remember, as a paragraph of a prompt. */
export function toldInPrompt(request: AskedRequest): string {
  const { kind, toolName, input, question } = request;
  if (kind === 'question')
    return `You asked:\n\n${quote(question)}\n\nThe answer:\n\n${quote(answerText(request))}`;
  const call = `Your call of ${asCode(toolName)} with this input:\n\n${quote(input)}\n\n`;
  if (isPermitted(request))
    return `${call}It is allowed now: if it is still needed, make exactly this call again.`;
  return `${call}It may not be made: ${denialText(request)}`;
}

/** Where it stands, in a sentence without its end: who decided, by what way and when. */
export function describeState(request: AskedRequest): string {
  const { id, state, decidedBy, decidedVia, decidedAt, scope, kind } = request;
  if (decidedAt === null) return `request ${id} ${WITHOUT_DECISION[state] ?? 'waits for a decision'}`;
  const via = decidedBy === decidedVia ? '' : ` via ${decidedVia}`;
  const decision =
    decidedVia === 'rule' ? 'defaulted' : kind === 'question' ? 'answered' : scope ? 'allowed' : 'denied';
  const end = request.cutOffAt === null ? '' : `, and ${CUT_OFF}`;
  return `request ${id} was ${describeDecision({ decision, scope })} by ${decidedBy}${via} at ${decidedAt}${end}`;
}

const CUT_OFF = 'the run ended before its result was seen: the call may have been made, or not';

/** What a person should know before they allow a call again; empty where there is nothing. */
export function describeRepeat({ repeats }: Pick<AskedRequest, 'repeats'>): string {
  return repeats === null
    ? ''
    : `An equal call was allowed before (request ${repeats}), and ${CUT_OFF}. Look before you allow it again.`;
}

/** What Claude is told about calls that were cut off, as a paragraph of a prompt; empty for none. */
export function describeCutOff(requests: readonly Pick<AskedRequest, 'toolName' | 'input'>[]): string {
  const calls = requests.map(
    ({ toolName, input }) => `Your call of ${asCode(toolName)} with this input:\n\n${quote(input)}`,
  );
  return calls.length === 0
    ? ''
    : `${calls.join('\n\n')}\n\nThe person had allowed ${calls.length === 1 ? 'it' : 'these'}, and the run was cut short before the result was seen: it may have been made, or not. Find out before you make it again, and name it in the caveats if you cannot.`;
}

const WITHOUT_DECISION: Partial<Record<RequestState, string>> = {
  withdrawn: 'was withdrawn: nobody waits for it any more',
};
