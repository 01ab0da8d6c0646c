/** Asks a process whose wall clock is in another time zone. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('fixtures/in-zone.ts', import.meta.url));

/** Answers in the order of the questions. */
export async function inZone(zone: string, questions: readonly object[]): Promise<string[]> {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const args = [...flags, script, ...questions.map((question) => JSON.stringify(question))];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { TZ: zone } });
  return JSON.parse(stdout);
}
