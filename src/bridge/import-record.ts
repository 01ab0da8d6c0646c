/** Takes over what happened in a project of another program: updates, submissions and decisions, each once. */
import { hash } from 'node:crypto';
import { cut } from '../characters.ts';
import type { ProjectId } from '../project/ids.ts';
import type { ForeignProject, ForeignRounds } from '../project/imported.ts';
import { cleanLine, cleanText, LIMITS } from '../project/text.ts';
import type { Writer, Writing } from '../store/database.ts';
import {
  decisionsOf,
  findCompletion,
  findCompletionByRequest,
  findDecision,
  insertCompletion,
  insertDecision,
} from '../store/reviews.ts';
import { findUpdateByRequest, insertUpdate } from '../store/updates.ts';

/** How much was new. */
export interface RecordTally {
  readonly updates: number;
  readonly completions: number;
  readonly decisions: number;
  /** Texts that are longer than is kept, and end where that does. */
  readonly shortened: number;
}

/** Adds what is not there; returns how much that is, and the newest round that anything is in. */
export async function takeRecord(
  writing: Writing,
  id: ProjectId,
  foreign: ForeignProject,
  rounds: ForeignRounds,
): Promise<RecordTally & { readonly round: number }> {
  const texts = new Texts();
  const updates = await takeUpdates(writing, id, foreign, texts);
  const completions = await takeCompletions(writing, id, rounds, texts);
  const decisions = await takeDecisions(writing, id, rounds, texts);
  const round = Math.max(rounds.round, ...completions, ...decisions);
  return {
    updates,
    completions: completions.length,
    decisions: decisions.length,
    shortened: texts.shortened,
    round,
  };
}

/** Cleans texts and cuts them to what is kept, and counts what was cut. */
export class Texts {
  shortened = 0;

  of(text: string, max: number): string {
    return this.#cut(cleanText(text), max);
  }

  line(text: string, max: number): string {
    return this.#cut(cleanLine(text), max);
  }

  #cut(text: string, max: number): string {
    if (text.length <= max) return text;
    this.shortened += 1;
    return `${cut(text, max - 1)}…`;
  }
}

async function takeUpdates(
  { trx }: Writing,
  id: ProjectId,
  { updates }: ForeignProject,
  texts: Texts,
): Promise<number> {
  let added = 0;
  const requests = requestIds();
  for (const update of updates) {
    const request_id = requests(update);
    if (await findUpdateByRequest(trx, id, null, request_id)) continue;
    await insertUpdate(trx, {
      project_id: id,
      run_id: null,
      message: texts.of(update.message, LIMITS.message),
      request_id,
      created_at: update.createdAt,
    });
    added += 1;
  }
  return added;
}

/** Returns the round of each that was added. */
async function takeCompletions(
  { trx }: Writing,
  id: ProjectId,
  { completions }: ForeignRounds,
  texts: Texts,
): Promise<number[]> {
  const added: number[] = [];
  const requests = requestIds();
  for (const { round, attempt, ...completion } of completions) {
    const request_id = requests(completion);
    if (await findCompletionByRequest(trx, id, null, request_id)) continue;
    const before = await findCompletion(trx, id, round);
    await insertCompletion(trx, {
      project_id: id,
      round,
      attempt: Math.max(attempt, (before?.attempt ?? 0) + 1),
      run_id: null,
      files_created: filesAsJson(completion.filesCreated, texts),
      files_modified: filesAsJson(completion.filesModified, texts),
      summary: texts.of(completion.summary, LIMITS.summary),
      caveats: texts.of(completion.caveats, LIMITS.caveats),
      request_id,
      created_at: completion.createdAt,
    });
    added.push(round);
  }
  return added;
}

function filesAsJson(names: readonly string[], texts: Texts): string {
  return JSON.stringify(names.map((name) => texts.line(name, LIMITS.file)));
}

/** A decision has no id here but its round. Returns the round of each that was added. */
async function takeDecisions(
  { trx }: Writing,
  id: ProjectId,
  { decisions }: ForeignRounds,
  texts: Texts,
): Promise<number[]> {
  const here = (await decisionsOf(trx, id)).map(({ verdict, createdAt }) => `${verdict} ${createdAt}`);
  const added: number[] = [];
  for (const { verdict, reason, createdAt, ...asked } of decisions) {
    const known = here.indexOf(`${verdict} ${createdAt}`);
    if (known >= 0) {
      here.splice(known, 1);
      continue;
    }
    const round = await undecidedFrom(trx, id, asked.round);
    const words = texts.of(reason, LIMITS.reason);
    await insertDecision(trx, {
      project_id: id,
      round,
      verdict,
      reason: words === '' && verdict === 'rejected' ? 'no reason is in the file' : words,
      decided_by: 'desktop',
      decided_via: 'desktop',
      created_at: createdAt,
    });
    added.push(round);
  }
  return added;
}

async function undecidedFrom(trx: Writer, id: ProjectId, first: number): Promise<number> {
  for (let round = first; ; round += 1) if (!(await findDecision(trx, id, round))) return round;
}

/** By which a second import knows what it has taken; of two that are alike the second has a number of its own. */
function requestIds(): (row: object) => string {
  const seen = new Map<string, number>();
  return (row) => {
    const digest = hash('sha256', JSON.stringify(row)).slice(0, 32);
    const nth = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, nth);
    return `imported-${digest}-${nth}`;
  };
}
