/** Writing with the editor that a person has chosen for their terminal. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stdin } from 'node:process';
import { ExecaError, execa } from 'execa';
import type { SuspendTerminal } from 'ink';
import { nextTurn } from '../../../clock.ts';
import type { Environment } from '../../../environment.ts';
import { messageOf } from '../../../error-message.ts';
import { cleanText } from '../../../project/text.ts';
import { ok, type Result, refuse } from '../../../result.ts';

/** How a person calls it. */
export function editorOf(env: Environment): string {
  const command = commandOf(env);
  return command === undefined ? '$EDITOR' : basename(command.split(' ')[0] ?? command);
}

/** Whether an editor has the terminal now. */
export interface Editing {
  isUnderWay: boolean;
}

interface Options {
  readonly env: Environment;
  readonly suspendTerminal: SuspendTerminal;
  readonly editing: Editing;
}

/** The text as it is when the editor has ended. Refused with why there is none. */
export async function editText(
  text: string,
  { env, suspendTerminal, editing }: Options,
): Promise<Result<string>> {
  const command = commandOf(env);
  if (command === undefined)
    return refuse('No editor is set: set EDITOR, such as EDITOR=nano, and start again.');
  const folder = await mkdtemp(join(tmpdir(), 'bridge-text-'));
  const file = join(folder, 'text.md');
  try {
    await writeFile(file, text, { mode: 0o600 });
    editing.isUnderWay = true;
    // As git does it: the value is a command, with arguments of its own.
    await suspendTerminal(async () => {
      await stopReading();
      await execa(`${command} "${file}"`, { shell: true, stdio: 'inherit' });
    });
    return ok(cleanText(await readFile(file, 'utf8')));
  } catch (error) {
    return refuse(`The editor (${command}) failed${whyFailed(error)}. What was written before is kept.`);
  } finally {
    editing.isUnderWay = false;
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Ink listens no more then, but Node reads on, and would take what is typed for the editor. It only pauses a stream that has
 * forgotten its listener, and stops in the turn after that; it reads again for the next listener
 * (https://github.com/nodejs/node, lib/internal/bootstrap/switches/is_main_thread.js).
 */
async function stopReading(): Promise<void> {
  await nextTurn();
  stdin.pause();
  await nextTurn();
}

/** The shell says the rest itself, on the screen where the editor would be. */
function whyFailed(error: unknown): string {
  if (!(error instanceof ExecaError)) return `: ${messageOf(error)}`;
  const { exitCode, signal } = error;
  if (exitCode === NOT_FOUND) return ': there is no such command';
  return exitCode === undefined ? ` (${signal ?? error.code})` : ` with exit code ${exitCode}`;
}

/** Of a shell, for a command that it does not find. */
const NOT_FOUND = 127;

function commandOf({ VISUAL, EDITOR }: Environment): string | undefined {
  return VISUAL || EDITOR || undefined;
}
