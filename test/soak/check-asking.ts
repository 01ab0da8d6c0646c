/**
 * What the model asked against what the person decided: a call ran as often as it was allowed, and never once it was
 * denied; the first decision stands and is what the model was told; a project that waits for the person asks the model
 * nothing.
 */
import { readFile } from 'node:fs/promises';
import type { Row } from '../../src/store/schema.ts';
import { GUARDED, OWN_ANSWER } from './asking.ts';
import { wasCutShort } from './check-work.ts';
import type { Finding, Watched } from './checks.ts';
import { guardedLog } from './guarded.ts';
import type { Answer, Journal } from './journal.ts';
import type { StoreView, Tables } from './store.ts';

export async function asking({ world, store, journal }: Watched): Promise<Finding[]> {
  // First what ran, then what was allowed: that was before.
  const lines = await readLines(world.root);
  const tables = store.tables();
  // What was used up has run by now.
  const later = await readLines(world.root);
  return [
    ...tables.requests.flatMap((request) => decided(request, journal)),
    ...decidedOnce(store),
    ...journal.answers.flatMap((answer) => stands(answer, tables)),
    ...[...Map.groupBy(lines, ({ call }) => call)].flatMap(([call, group]) => permitted(call, group, tables)),
    ...ranWhenUsed(later, tables, journal),
    ...toldRight(journal, tables),
    ...silent(store, journal),
  ];
}

interface Line {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** `p1 red`. */
  readonly call: string;
  readonly run: string;
}

async function readLines(root: string): Promise<Line[]> {
  const text = await readFile(guardedLog(root), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [at, tag, colour, run] = line.split(' ');
    return at && tag && colour && run ? [{ at: Number(at), call: `${tag} ${colour}`, run }] : [];
  });
}

function isAbout(call: string, { kind, input }: Row<'requests'>): boolean {
  return kind === 'permission' && JSON.parse(input).command === `${GUARDED} ${call}`;
}

/** Whatever was decided was decided by the person, or by the plan after its time. */
function decided(request: Row<'requests'>, { answers }: Journal): Finding[] {
  if (request.decided_at === null || request.decided_via === 'rule') return [];
  if (answers.some((answer) => answer.requestId === request.id && isSame(answer, request))) return [];
  return [['broken', `request ${request.id}: nobody decided ${request.scope} '${request.answer}'`]];
}

function isSame(answer: Answer, { scope, answer: text }: Row<'requests'>): boolean {
  return answer.scope === scope && answer.text === text;
}

function decidedOnce(store: StoreView): Finding[] {
  const ids = store.events('request.decided').map(({ data }) => JSON.parse(data).requestId as string);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return twice.map((id) => ['doubled', `request ${id}: decided more than once`]);
}

function stands(answer: Answer, { requests }: Tables): Finding[] {
  if (!answer.acknowledged) return [];
  const request = requests.find(({ id }) => id === answer.requestId);
  if (request?.decided_at != null && isSame(answer, request)) return [];
  return [['lost', `request ${answer.requestId}: ${answer.scope} '${answer.text}' was acknowledged`]];
}

/**
 * Each run of a call came after one more permission for once, or after one for the project; none after its denial, which
 * holds for its round.
 */
function permitted(call: string, lines: readonly Line[], { requests, runs }: Tables): Finding[] {
  const roundOf = (run: string) => runs.find(({ id }) => id === run)?.round;
  const about = requests.filter((request) => request.decided_at !== null && isAbout(call, request));
  const decisions = about.map(({ scope, decided_at, run_id }) => ({
    scope,
    at: Date.parse(decided_at ?? ''),
    round: roundOf(run_id),
  }));
  return lines.flatMap(({ at, run }, index): Finding[] => {
    const before = decisions.filter((decision) => decision.at <= at);
    if (before.some(({ scope }) => scope === 'project')) return [];
    const once = before.filter(({ scope }) => scope === 'once').length;
    const told = `call ${call} of run ${run}, for time ${index + 1}`;
    if (index + 1 > once) return [['doubled', `${told}: allowed ${once} times`]];
    if (before.some(({ scope, round }) => scope === null && round === roundOf(run)))
      return [['broken', `${told}: it had been denied`]];
    return [];
  });
}

/** A permission for once that was used up: the call ran in that run, unless its Claude or its server was killed just then. */
function ranWhenUsed(lines: readonly Line[], { requests, runs }: Tables, journal: Journal): Finding[] {
  const used = requests.filter(({ state }) => state === 'used');
  return [...Map.groupBy(used, ({ run_id, input }) => `${run_id} ${JSON.parse(input).command}`)].flatMap(
    ([key, group]): Finding[] => {
      const run = runs.find(({ id }) => id === group[0]?.run_id);
      if (!run?.ended_at || wasCutShort(run.outcome) || journal.bereft.has(run.id)) return [];
      const ran = lines.filter((line) => `${line.run} ${GUARDED} ${line.call}` === key).length;
      if (ran >= group.length) return [];
      return [
        ['lost', `${key}: used ${group.length} permissions and ran ${ran} times, and ended ${run.outcome}`],
      ];
    },
  );
}

/** The model was told the answer to its question, and no other. */
function toldRight({ told }: Journal, { requests }: Tables): Finding[] {
  return [...told.values()].flatMap(({ question, text }): Finding[] => {
    const about = requests.filter((request) => request.kind === 'question' && request.question === question);
    const answers = about.map(({ answer }) => answer ?? 'Nobody answered in time');
    if (answers.some((answer) => text.includes(answer))) return [];
    const own = about.some(({ decided_via }) => decided_via === 'rule') && text.includes(OWN_ANSWER);
    return own ? [] : [['broken', `question '${question}': the model was told '${text.slice(0, 200)}'`]];
  });
}

/** From when it waits for the person until that has decided. */
function silent(store: StoreView, { plans, requestedAt }: Journal): Finding[] {
  const answered = store.events('project.answered');
  return store.events('project.asked').flatMap(({ id, project_id, created_at }): Finding[] => {
    const tag = plans.find(({ projectId }) => projectId === project_id)?.tag;
    const until = answered.find((event) => event.project_id === project_id && event.id > id);
    const [from, till] = [
      Date.parse(created_at),
      until ? Date.parse(until.created_at) : Number.POSITIVE_INFINITY,
    ];
    const spoke = (requestedAt.get(tag ?? '') ?? []).find((at) => at > from && at < till);
    if (spoke === undefined) return [];
    return [['broken', `${tag}: asked the model ${spoke - from} ms after it began to wait for the person`]];
  });
}
