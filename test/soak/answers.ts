/**
 * How the person decides about what Claude asks: at once, while its run still waits, long after that has ended, in two
 * ways at once, or never where the plan decides after a time.
 */
import type { Row } from '../../src/store/schema.ts';
import type { Caller, Deed } from './caller.ts';
import type { Answer, Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { StoreView } from './store.ts';
import type { Tally } from './tally.ts';

export interface AnswersOptions {
  readonly caller: Caller;
  readonly store: StoreView;
  readonly journal: Journal;
  readonly tally: Tally;
  readonly random: Random;
}

const MOMENTS = { 'at once': 2, 'while it waits': 3, 'when the run has ended': 5 };
type Moment = keyof typeof MOMENTS | 'never';

export class Answers {
  readonly #o: AnswersOptions;
  readonly #moments = new Map<string, Moment>();
  readonly #busy = new Set<string>();
  #said = 0;

  constructor(options: AnswersOptions) {
    this.#o = options;
  }

  /** To decide the oldest request of which the moment has come; undefined when there is none. */
  next(): (() => Promise<void>) | undefined {
    const due = this.#o.store
      .undecided()
      .find((request) => !this.#busy.has(request.id) && this.#isDue(request));
    if (!due) return undefined;
    this.#busy.add(due.id);
    return () => this.#decide(due).finally(() => this.#busy.delete(due.id));
  }

  #isDue(request: Row<'requests'>): boolean {
    const { random, store } = this.#o;
    const { id, created_at, deadline, project_id } = request;
    const isLeft = deadline !== null && random.chance(0.5);
    const moment = this.#moments.get(id) ?? (isLeft ? 'never' : random.weighted(MOMENTS));
    this.#moments.set(id, moment);
    const ageMs = Date.now() - Date.parse(created_at);
    if (moment === 'never') return ageMs > NEVER_MS;
    if (moment === 'at once') return true;
    if (moment === 'while it waits') return ageMs > WHILE_IT_WAITS_MS;
    const waits = store.projects().some((one) => one.id === project_id && one.status === 'awaiting_answer');
    return waits || ageMs > LATE_MS;
  }

  async #decide(request: Row<'requests'>): Promise<void> {
    const { journal, random, tally } = this.#o;
    tally.decide(`asked: ${this.#moments.get(request.id)}`);
    const verdicts = random.chance(TWICE)
      ? [this.#verdict(request), this.#verdict(request)]
      : [this.#verdict(request)];
    journal.answers.push(...verdicts);
    const said = await Promise.all(
      verdicts.map(async (verdict) => {
        const answer = await this.#o.caller.call(deedOf(request, verdict));
        verdict.acknowledged = answer.answered && answer.ok;
        return answer.answered ? answer.text.trim() : 'never answered';
      }),
    );
    const row = this.#o.store.tables().requests.find(({ id }) => id === request.id);
    // Nobody waits for it any more, or the plan decided first.
    if (row?.state === 'withdrawn' || row?.decided_via === 'rule') return;
    const taken = verdicts.filter(({ acknowledged }) => acknowledged);
    const isSame = taken.every(({ scope, text }) => scope === taken[0]?.scope && text === taken[0]?.text);
    if (taken.length > 0 && isSame) return;
    const told = verdicts.map(({ scope, text }) => `${scope} '${text}'`).join(' and ');
    await tally.violated(
      'broken',
      `request ${request.id}, ${told}: ${taken.length} taken. ${said.join(' | ')}`,
    );
  }

  #verdict({ id, kind, question }: Row<'requests'>): Answer {
    this.#said += 1;
    const of = { requestId: id, acknowledged: false };
    if (kind === 'question') return { ...of, scope: null, text: `soak-answer-${this.#said} to ${question}` };
    const scope = this.#o.random.weighted({ once: 5, project: 2, denied: 3 });
    return scope === 'denied'
      ? { ...of, scope: null, text: `soak-denial-${this.#said}` }
      : { ...of, scope, text: null };
  }
}

/** Well within `ask_wait`. */
const WHILE_IT_WAITS_MS = 1_200;
/** Its Claude was perhaps killed, and has not asked again. */
const LATE_MS = 15_000;
/** Longer than plans wait: it must not stay undecided. */
const NEVER_MS = 90_000;
const TWICE = 0.2;

function deedOf({ id, kind }: Row<'requests'>, { scope, text }: Answer): Deed {
  const args = { request_id: id };
  const made = { repeatable: true, shownBy: 'bridge_get_questions' };
  if (kind === 'question')
    return {
      ...made,
      tool: 'bridge_answer',
      args: { ...args, answer: text },
      command: ['answer', id, text ?? ''],
    };
  if (scope === null)
    return {
      ...made,
      tool: 'bridge_deny',
      args: { ...args, reason: text },
      command: ['deny', id, '--reason', text ?? ''],
    };
  return {
    ...made,
    tool: 'bridge_allow',
    args: { ...args, scope },
    command: ['allow', id, ...(scope === 'project' ? ['--project'] : [])],
  };
}
