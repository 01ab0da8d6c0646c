/** Whether a folder can be worked in. */

import * as z from 'zod';
import { capitalize } from '../characters.ts';
import { liesIn } from '../machine/folder-overlap.ts';
import { parseJson } from '../machine/program-output.ts';
import { guardAdvice, guardedBy } from '../machine/service/guarded-folders.ts';
import type { WorkRules } from '../project/work-rules.ts';
import type { ClaudeSettings } from '../project/workspace.ts';
import { type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export interface WorkspaceFolder {
  /** For a sentence: "workspace website (/code/website)". */
  readonly name: string;
  readonly path: string;
  /** False for a root: Claude works in its subfolders. */
  readonly isWorkspace: boolean;
  /** Whose Claude settings apply in it. */
  readonly claudeSettings: ClaudeSettings;
  readonly rules: WorkRules;
}

const PROBE_TIMEOUT_MS = 5_000;

const PROBE = `
const { accessSync, constants, realpathSync, statSync, existsSync } = require('node:fs');
const [path] = process.argv.slice(1);
const can = (work) => { try { return work() } catch (error) { return error.code } };
console.log(JSON.stringify({
  folder: can(() => statSync(path).isDirectory()),
  real: can(() => realpathSync(path)),
  writable: can(() => accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK) === undefined),
}));`;

const probed = z.object({
  folder: z.union([z.boolean(), z.string()]),
  real: z.string(),
  writable: z.union([z.boolean(), z.string()]),
});

/** Checks whether Claude can work in a folder. */
export async function checkFolder(context: DoctorContext, folder: WorkspaceFolder): Promise<FindingFacts> {
  const { name, path: subject } = folder;
  const probe = await probeFolder(context, folder);
  if ('finding' in probe) return probe.finding;
  if (await liesIn(probe.real, context.stateDir))
    return problem(
      subject,
      `${capitalize(name)} is inside the state folder, where Claude could change the database: no run starts there.`,
      { hint: `Name another folder in config.json, then run: ${context.applyCommand}` },
    );
  if (await liesIn(context.stateDir, probe.real))
    return warning(
      subject,
      `${capitalize(name)} contains the state folder: Claude's file tools are denied its files, but a command such as \`grep -r\` can read them.`,
      { hint: 'Name narrower folders in config.json.' },
    );
  return ok(subject, `${capitalize(name)} is writable`);
}

/**
 * The path of a folder that is there and can be written, without links; otherwise what is wrong with it. The probe has a process
 * of its own: a folder on a dead network drive blocks for ever.
 */
export async function probeFolder(
  context: DoctorContext,
  { name, path }: Pick<WorkspaceFolder, 'name' | 'path'>,
): Promise<{ readonly real: string } | { readonly finding: FindingFacts }> {
  const subject = path;
  const wrong = (finding: FindingFacts) => ({ finding });
  const correct = { hint: `Create it or correct config.json, then run: ${context.applyCommand}` };
  const guard = await guardedBy(context.platform, context.homeDir, path);
  if (guard !== null)
    return wrong((context.plannedEnv ? problem : warning)(subject, guardAdvice(path, guard)));
  const asked = await context.run(process.execPath, ['-e', PROBE, path], {
    env: context.env,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (asked.failure === 'late')
    return wrong(
      problem(
        subject,
        `${capitalize(name)} does not respond: a disconnected network drive, or a folder that this system protects.`,
        {
          hint: 'Connect the drive, or allow this program access to the folder.',
        },
      ),
    );
  const facts = probed.safeParse(parseJson(asked.stdout)).data;
  if (!facts)
    return wrong(problem(subject, `${capitalize(name)} could not be checked: ${asked.stderr.trim()}`));
  if (facts.folder === 'ENOENT' || facts.folder === 'ENOTDIR')
    return wrong(problem(subject, `${capitalize(name)} does not exist.`, correct));
  if (facts.folder === false) return wrong(problem(subject, `${capitalize(name)} is not a folder.`, correct));
  if (facts.folder !== true || facts.writable !== true)
    return wrong(
      problem(
        subject,
        `${capitalize(name)} is not readable and writable (${facts.folder === true ? facts.writable : facts.folder}).`,
        {
          hint: `chmod u+rwx ${path}`,
        },
      ),
    );
  return { real: facts.real };
}
