/** What the soak says at its end: lines of 80 columns for people, the same facts as JSON for programs. */
import { percentile } from '../bench/statistics.ts';
import type { Journal } from './journal.ts';
import type { Tables } from './store.ts';
import type { FollowedCounts, Tally, Violation, ViolationKind } from './tally.ts';

export interface Report {
  readonly seed: number;
  readonly seconds: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly plans: {
    readonly sent: number;
    readonly completed: number;
    readonly cancelled: number;
    readonly open: number;
  };
  readonly rounds: number;
  readonly runs: Readonly<Record<string, number>>;
  readonly acknowledged: Readonly<Record<string, number>>;
  readonly decisions: Readonly<Record<string, number>>;
  readonly evidence: Readonly<Record<string, number>>;
  readonly landings: Readonly<Record<string, number>>;
  /** What Claude asked, by what became of it. */
  readonly requests: Readonly<Record<string, number>>;
  readonly checks: number;
  readonly followed: FollowedCounts | null;
  readonly lost: number;
  readonly doubled: number;
  /** Projects that needed a person, or lost a try, for what the service or the configuration did. */
  readonly parkedByOutage: number;
  readonly leaseMs: Spread | null;
  readonly adoptedMs: Spread | null;
  readonly resumedMs: Spread | null;
  readonly violations: readonly Violation[];
  /** Kept for a look when something was violated. */
  readonly folder: string | null;
}

interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export function report(
  about: { readonly seed: number; readonly seconds: number; readonly folder: string | null },
  tally: Tally,
  journal: Journal,
  tables: Tables,
): Report {
  const withStatus = (...names: string[]) =>
    tables.projects.filter(({ status }) => names.includes(status)).length;
  const of = (kind: ViolationKind) => tally.violations.filter((one) => one.kind === kind).length;
  const completed = withStatus('complete');
  const cancelled = withStatus('cancelled');
  return {
    ...about,
    kills: counted([...tally.kills]),
    plans: {
      sent: tables.projects.length,
      completed,
      cancelled,
      open: tables.projects.length - completed - cancelled,
    },
    rounds: tables.completions.length,
    runs: counted(groups(tables.runs, ({ outcome }) => outcome ?? 'open')),
    acknowledged: {
      plans: journal.plans.filter(({ projectId }) => projectId !== undefined).length,
      decisions: journal.decisions.filter(({ acknowledged }) => acknowledged).length,
      answers: journal.answers.filter(({ acknowledged }) => acknowledged).length,
      messages: journal.steerings.filter(({ acknowledged }) => acknowledged).length,
      cancellations: journal.cancelled.size,
      'messages that came to the model': journal.heard.size,
      updates: journal.updates.size,
      completions: journal.completions.size,
      'reports with an id of another conversation': sharedIds(journal),
      'rounds worked on after their submission': journal.wentOn.size,
    },
    decisions: counted([...tally.decisions]),
    evidence: counted(
      groups(tables.evidence, ({ checks_passed }) =>
        checks_passed === null ? 'without checks' : checks_passed === 1 ? 'green' : 'red',
      ),
    ),
    landings: counted(groups(tables.landings, landingName)),
    requests: counted(groups(tables.requests, ({ kind, state }) => `${kind} ${state}`)),
    checks: tally.checks,
    followed: tally.followed ?? null,
    lost: of('lost'),
    doubled: of('doubled'),
    parkedByOutage: of('parked'),
    leaseMs: spread(tally.leaseMs),
    adoptedMs: spread(tally.adoptedMs),
    resumedMs: spread(tally.resumedMs),
    violations: tally.violations,
  };
}

function landingName({ action, outcome, detail }: Tables['landings'][number]): string {
  const { cause } = JSON.parse(detail) as { readonly cause?: string };
  return outcome === 'landed' ? `${action} landed` : `${action} refused (${cause})`;
}

function groups<T>(rows: readonly T[], nameOf: (row: T) => string): [string, number][] {
  return [...Map.groupBy(rows, nameOf)].map(([name, group]) => [name, group.length]);
}

function sharedIds({ updates, completions }: Journal): number {
  const all = [...updates.values(), ...completions.values()];
  const tags = Map.groupBy(all, ({ id }) => id);
  return all.filter(({ id, tag }) => tags.get(id)?.some((other) => other.tag !== tag)).length;
}

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries([...entries].sort(([, a], [, b]) => b - a));
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { count: values.length, p50: percentile(values, 50), p99: percentile(values, 99) };
}

export function lines(told: Report): string[] {
  const { plans, kills, violations } = told;
  const all = Object.values(kills).reduce((sum, count) => sum + count, 0);
  return [
    '',
    row('Duration', `${told.seconds.toFixed(0)} s, seed ${told.seed}`),
    row(
      'Plans',
      `${plans.sent} sent, ${plans.completed} completed, ${plans.cancelled} cancelled, ${plans.open} open`,
    ),
    row('Rounds', String(told.rounds)),
    ...list('Runs', told.runs),
    ...list(`Faults (${all})`, kills),
    ...list('Acknowledged', told.acknowledged),
    ...list('Decided by', told.decisions),
    ...list('Evidence', told.evidence),
    ...list('Landings', told.landings),
    ...list('Asked', told.requests),
    row('Checks', String(told.checks)),
    row('Followed', followedText(told.followed)),
    row('Lost', String(told.lost)),
    row('Doubled', String(told.doubled)),
    row('Parked by an outage', String(told.parkedByOutage)),
    row('Violations', String(violations.length)),
    row('Kill to lease', time(told.leaseMs)),
    row('Kill to adopted', time(told.adoptedMs)),
    row('Kill to resumed', time(told.resumedMs)),
    ...violations.flatMap(violationLines),
    ...(told.folder === null ? [] : ['', `Kept for a look: ${told.folder}`]),
  ];
}

function followedText(followed: FollowedCounts | null): string {
  if (followed === null) return 'not measured';
  const { clients, connections, events } = followed;
  return `${clients} clients in ${connections} connections, ${events} events each`;
}

const COLUMNS = 80;
const NAME = 20;

function row(name: string, value: string): string {
  return `${name.padEnd(NAME)}${value}`;
}

function list(name: string, counts: Readonly<Record<string, number>>): string[] {
  const found: string[] = [];
  let current = name.padEnd(NAME);
  for (const [what, count] of Object.entries(counts)) {
    const cell = `${count} ${what}`;
    const empty = current.length === NAME;
    if (!empty && current.length + 2 + cell.length > COLUMNS) {
      found.push(`${current},`);
      current = ' '.repeat(NAME) + cell;
    } else current += empty ? cell : `, ${cell}`;
  }
  return [...found, current];
}

function time(measured: Spread | null): string {
  if (measured === null) return 'not measured';
  return `p50 ${measured.p50} ms, p99 ${measured.p99} ms (${measured.count} measured)`;
}

function violationLines({ kind, what, at, log }: Violation): string[] {
  return ['', `${kind.toUpperCase()} at ${at}`, `  ${what}`, ...log.map((line) => `    ${line}`)];
}
