/** What a run still does after it has submitted: it is ended, and a complete project is left as it was approved. */
import { join } from 'node:path';
import { folderOf, readWherever } from './check-work.ts';
import type { Finding, Watched } from './checks.ts';
import { afterFile } from './model.ts';

/** No run goes on for long after its submission; none writes after its end, or in a project that is complete. */
export async function afterSubmission({ store, journal }: Watched): Promise<Finding[]> {
  const tables = store.tables();
  const { projects, runs, completions } = tables;
  const completed = new Map(
    store.events('project.completed').map(({ project_id, created_at }) => [project_id, created_at]),
  );
  const findings: Finding[] = [];
  for (const { run_id, created_at } of completions) {
    const isOpen = runs.some(({ id, ended_at }) => id === run_id && ended_at === null);
    if (isOpen && Date.now() - Date.parse(created_at) > GOES_ON_LIMIT_MS)
      findings.push(['broken', `run ${run_id} submitted at ${created_at}, and goes on`]);
  }
  for (const { tag, requestId } of journal.plans) {
    const project = projects.find(({ request_id }) => request_id === requestId);
    if (!project) continue;
    const text = await readWherever(join(folderOf(project, tables), afterFile(tag)));
    const lastOf = new Map(
      text.split('\n').flatMap((line) => {
        const [at, run] = line.split(' ');
        return at && run ? [[run, Number(at)] as const] : [];
      }),
    );
    for (const [run, wroteAt] of lastOf) {
      const ended = runs.find(({ id }) => id === run)?.ended_at ?? null;
      const done = completed.get(project.id);
      const late = (time: string | null | undefined) => (time ? wroteAt - Date.parse(time) : 0);
      if (late(ended) > 0)
        findings.push(['broken', `${tag}: run ${run} wrote ${late(ended)} ms after its end`]);
      if (late(done) > 0)
        findings.push([
          'broken',
          `${tag}: run ${run} wrote when its project was complete, ${late(done)} ms after`,
        ]);
    }
  }
  return findings;
}

/** Supervisors that are killed give the grace again. */
const GOES_ON_LIMIT_MS = 90_000;
