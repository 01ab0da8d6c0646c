/** The scripts that agents may have run: whether each can be, and whether nobody else can change it. */
import { listScripts } from '../scripts/catalog.ts';
import { type CheckGroup, type FindingFacts, ok, problem } from './check.ts';
import type { DoctorContext } from './context.ts';

export function scriptsGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'scripts',
    title: 'Scripts',
    checks: [{ name: 'listed', subject: 'scripts', run: () => listed(context) }],
  };
}

async function listed(context: DoctorContext): Promise<FindingFacts[]> {
  const { scripts } = await context.config();
  const names = new Set([...scripts.allow, ...scripts.allow_in_runs]);
  if (names.size === 0) return [ok('scripts', 'No agent may have a script run: none is listed')];
  if (scripts.folder === undefined)
    return [
      problem(
        'scripts',
        "Scripts are listed in config.json, and 'folder' of 'scripts' does not say where they are.",
        {
          hint: "Set 'folder' of 'scripts' in config.json.",
        },
      ),
    ];
  const found = [...(await listScripts(scripts, false)), ...(await listScripts(scripts, true))];
  const broken = new Map(found.flatMap(({ name, problem: why }) => (why === null ? [] : [[name, why]])));
  if (broken.size === 0)
    return [ok('scripts', `Agents may have scripts run, and each can be: ${names.size}`)];
  return [...broken].map(([name, why]) =>
    problem(name, `${name} cannot be run: ${why}`, {
      hint: "Correct that, or take it out of 'scripts' in config.json.",
    }),
  );
}
