/** What runs have cost, day by day and by what they were for. Pure. */

/** What one run has cost. */
export interface RunCostRow {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly projectId: string;
  readonly title: string;
  /** Null: the run did not get so far. */
  readonly model: string | null;
  /** Null: it is under way. */
  readonly outcome: string | null;
  /** In US dollars; null: nobody knows. */
  readonly costUsd: number | null;
}

export interface CostShare {
  /** Of those whose cost is known. */
  readonly usd: number;
  readonly runs: number;
  readonly unknown: number;
}

export interface CostHistory {
  /** In which a day begins and ends. */
  readonly timezone: string;
  /** Oldest first; also those on which nothing ran. */
  readonly days: readonly (CostShare & { readonly date: string })[];
  /** Dearest first, at most MAX_PROJECTS. */
  readonly projects: readonly (CostShare & { readonly projectId: string; readonly title: string })[];
  readonly models: readonly (CostShare & { readonly model: string | null })[];
  readonly outcomes: readonly (CostShare & { readonly outcome: string | null })[];
}

const MAX_PROJECTS = 20;
const DAY_MS = 86_400_000;

/** The dates of the last `days` days, oldest first, as `2026-03-01`. */
export function datesUntil(now: Date, days: number, timezone: string): string[] {
  const today = Date.parse(dateIn(timezone)(now));
  return Array.from({ length: days }, (_, at) =>
    new Date(today - (days - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** @param rows Of these days and perhaps of others, which are left out. */
export function costHistory(
  rows: readonly RunCostRow[],
  dates: readonly string[],
  timezone: string,
): CostHistory {
  const dateOf = dateIn(timezone);
  const within = new Set(dates);
  const dated = rows
    .map((row) => ({ ...row, date: dateOf(new Date(row.createdAt)) }))
    .filter(({ date }) => within.has(date));
  const byDate = Map.groupBy(dated, ({ date }) => date);
  const shares = <K>(key: (row: RunCostRow) => K) =>
    [...Map.groupBy(dated, key)]
      .map(([name, own]) => ({ name, own, ...shareOf(own) }))
      .sort((a, b) => b.usd - a.usd || b.runs - a.runs);
  return {
    timezone,
    days: dates.map((date) => ({ date, ...shareOf(byDate.get(date) ?? []) })),
    projects: shares(({ projectId }) => projectId)
      .slice(0, MAX_PROJECTS)
      .map(({ name: projectId, own, ...share }) => ({ projectId, title: own[0]?.title ?? '', ...share })),
    models: shares(({ model }) => model).map(({ name: model, own: _, ...share }) => ({ model, ...share })),
    outcomes: shares(({ outcome }) => outcome).map(({ name: outcome, own: _, ...share }) => ({
      outcome,
      ...share,
    })),
  };
}

function shareOf(rows: readonly RunCostRow[]): CostShare {
  const known = rows.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  const usd = known.reduce((sum, one) => sum + one, 0);
  return { usd, runs: rows.length, unknown: rows.length - known.length };
}

/** Sweden writes dates as ISO 8601 does. */
function dateIn(timezone: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone });
  return (time) => format.format(time);
}
