/** The journal against the store: what was acknowledged is there, once. */
import type { Row } from '../../src/store/schema.ts';
import type { Finding } from './checks.ts';
import type { Journal } from './journal.ts';
import type { Tables } from './store.ts';

/** What was acknowledged is there exactly once; what is there was intended. */
export function journalInStore(journal: Journal, tables: Tables): Finding[] {
  const idOf = new Map(journal.plans.map(({ tag, projectId }) => [tag, projectId]));
  const exactly = <T>(what: string, rows: readonly T[], acknowledged: boolean): Finding[] => {
    if (rows.length > 1) return [['doubled', `${what}: ${rows.length} times in the store`]];
    return rows.length === 0 && acknowledged ? [['lost', `${what}: acknowledged, and not in the store`]] : [];
  };
  const intended = new Set(journal.plans.map(({ requestId }) => requestId));
  const decided = (row: Row<'approvals'>) =>
    journal.decisions.some(
      ({ projectId, round, verdict, reason }) =>
        row.project_id === projectId &&
        row.round === round &&
        row.verdict === verdict &&
        row.reason === reason,
    );
  return [
    ...journal.plans.flatMap(({ tag, requestId, projectId }) => {
      const rows = tables.projects.filter(
        ({ request_id, title }) => request_id === requestId || title === `Soak ${tag}`,
      );
      const other = rows.find(({ id }) => projectId !== undefined && id !== projectId);
      const found = exactly(`plan ${tag}`, rows, projectId !== undefined);
      return other
        ? [...found, ['doubled', `plan ${tag}: sent as ${projectId}, and again as ${other.id}`] as const]
        : found;
    }),
    ...tables.projects
      .filter(({ request_id }) => !intended.has(request_id ?? ''))
      .map(({ id }): Finding => ['broken', `project ${id}: nobody sent it`]),
    ...journal.decisions.flatMap(({ projectId, round, verdict, acknowledged }) => {
      const rows = tables.approvals.filter((row) => row.project_id === projectId && row.round === round);
      const what = `decision ${verdict} on round ${round} of ${projectId}`;
      const other = acknowledged ? rows.find((row) => row.verdict !== verdict) : undefined;
      return [
        ...exactly(what, rows, acknowledged),
        ...(other ? [['lost', `${what}: acknowledged, and the store has '${other.verdict}'`] as const] : []),
      ];
    }),
    ...tables.approvals
      .filter((row) => !decided(row))
      .map(
        (row): Finding => [
          'broken',
          `round ${row.round} of ${row.project_id}: nobody decided '${row.verdict}'`,
        ],
      ),
    ...[...Map.groupBy(tables.plans, ({ project_id, request_id }) => `${project_id} ${request_id}`)]
      .filter(([, plans]) => plans.length > 1)
      .map(([key, plans]): Finding => ['doubled', `plan ${key}: ${plans.length} times in the store`]),
    ...tables.plans
      .filter(({ revision, request_id }) => revision > 1 && !journal.amendments.has(request_id ?? ''))
      .map(({ project_id }): Finding => ['broken', `project ${project_id}: nobody amended its plan`]),
    ...[...journal.untold].map(
      (session): Finding => ['lost', `the plan of session ${session}: the model was not told it`],
    ),
    ...journal.steerings.flatMap(({ text, acknowledged }) =>
      exactly(
        `message '${text}'`,
        tables.messages.filter(({ message }) => message === text),
        acknowledged,
      ),
    ),
    ...[...journal.cancelled].flatMap((id): Finding[] =>
      tables.projects.some((project) => project.id === id && project.status === 'cancelled')
        ? []
        : [['lost', `project ${id}: its cancellation was acknowledged`]],
    ),
    ...[...journal.updates.values()].flatMap(({ id, text }) => {
      const rows = tables.updates.filter(({ request_id, message }) => request_id === id && message === text);
      // What one run has said, and what was cut off its transcript, a later one says again; then perhaps with the same id.
      const byRun = [...Map.groupBy(rows, ({ run_id }) => run_id).values()];
      const repeated = byRun.find((group) => group.length > 1);
      return exactly(`update '${text}' (${id})`, repeated ?? rows.slice(0, 1), true);
    }),
    ...tables.updates
      .filter(({ message }) => !journal.said.has(message))
      .map(({ id, message }): Finding => ['broken', `update ${id}: nobody said '${message}'`]),
    ...[...journal.completions.values()].flatMap(({ tag, round, text }) => {
      const rows = tables.completions.filter(
        (row) => row.project_id === idOf.get(tag) && row.round === round && row.summary === text,
      );
      // A plan whose sending was never answered is worked on, and its id is not known here.
      return idOf.get(tag) === undefined ? [] : exactly(`completion '${text}'`, rows, true);
    }),
  ];
}
