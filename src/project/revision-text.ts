/** What a rejection costs, and in which session it goes on, in words. */
import { dollars } from './costs.ts';
import type { ReadingCost, RevisionChoice, RevisionCost } from './revision.ts';

/** Before the decision: two sentences. `when` writes a time for the reader. */
export function describeRevision(
  choice: RevisionChoice,
  when: (time: string) => string = (time) => time,
): string {
  return `${costSentence(choice.cost, when)} ${whatFollows(choice)}`;
}

function costSentence({ session, fresh }: RevisionCost, when: (time: string) => string): string {
  if (session === null || fresh === null)
    return 'What it costs to go on in its session after a rejection is unknown.';
  const kept =
    session.cachedUntil === null ? '' : `, which the service keeps until ${when(session.cachedUntil)}`;
  return `After a rejection Claude reads ${describeReading(session)} to go on in its session${kept}; a fresh session begins with ${describeReading(fresh)}, and then reads again what it needs.`;
}

function whatFollows({ asked, session }: RevisionChoice): string {
  if (asked === 'session') return 'It goes on in its session, unless you say otherwise.';
  if (asked === 'fresh') return 'It begins a fresh session, unless you say otherwise.';
  return session === 'fresh'
    ? 'The cheapest is taken: now a fresh session.'
    : 'The cheapest is taken: now its session.';
}

/** After the decision, of the run that revises: without capital letter and full stop. */
export function describeChoice({ asked, by, session, cost }: RevisionChoice): string {
  const where = session === 'fresh' ? 'in a fresh session' : 'in the same session';
  const whose = by === 'decision' ? 'as the decision asks' : 'as configured';
  const why = asked === 'cheapest' ? `${whose}, the cheapest` : whose;
  return `${where}, ${why}${comparison(session, cost)}`;
}

function comparison(taken: RevisionChoice['session'], { session, fresh }: RevisionCost): string {
  if (session === null || fresh === null) return ': what either costs is unknown';
  const [one, other] = taken === 'fresh' ? [fresh, session] : [session, fresh];
  const kept = session.cachedUntil === null ? '' : ' (the session is kept by the service)';
  return `: ${describeReading(one)} to begin with, instead of ${describeReading(other)}${kept}`;
}

/** `about 182,000 tokens ($1.14 at list price)`. */
export function describeReading({ tokens, usd }: ReadingCost): string {
  const price = usd === null ? 'at an unknown price' : `${dollars(usd)} at list price`;
  return `about ${rounded(tokens).toLocaleString('en-US')} tokens (${price})`;
}

/** To three digits: no more is known. */
function rounded(count: number): number {
  return Number(count.toPrecision(3));
}
