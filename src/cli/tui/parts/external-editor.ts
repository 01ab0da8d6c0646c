/** Writing with the editor that a person has chosen for their terminal. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import type { SuspendTerminal } from 'ink';
import type { Environment } from '../../../environment.ts';
import { messageOf } from '../../../error-message.ts';
import { cleanText } from '../../../project/text.ts';
import { ok, type Result, refuse } from '../../../result.ts';

/** How a person calls it. */
export function editorOf(env: Environment): string {
  const command = commandOf(env);
  return command === undefined ? '$EDITOR' : basename(command.split(' ')[0] ?? command);
}

/** The text as it is when the editor has ended. Refused with why there is none. */
export async function editText(
  text: string,
  env: Environment,
  suspendTerminal: SuspendTerminal,
): Promise<Result<string>> {
  const command = commandOf(env);
  if (command === undefined)
    return refuse('No editor is set: set EDITOR, such as EDITOR=nano, and start again.');
  const folder = await mkdtemp(join(tmpdir(), 'bridge-text-'));
  const file = join(folder, 'text.md');
  try {
    await writeFile(file, text, { mode: 0o600 });
    // As git does it: the value is a command, with arguments of its own.
    await suspendTerminal(
      async () => void (await execa(`${command} "${file}"`, { shell: true, stdio: 'inherit' })),
    );
    return ok(cleanText(await readFile(file, 'utf8')));
  } catch (error) {
    return refuse(`The editor (${command}) failed: ${messageOf(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function commandOf({ VISUAL, EDITOR }: Environment): string | undefined {
  return VISUAL || EDITOR || undefined;
}
