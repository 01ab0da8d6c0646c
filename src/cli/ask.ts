/** Asking the person at the terminal. Questions go to stderr: stdout holds results. */
import { createInterface } from 'node:readline';
import { plainLine } from './text.ts';

/** Somebody can read a question and type an answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Whether the answer was yes. Anything else, ctrl-c and the end of input included, is a no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let answer: string | undefined;
  await new Promise<void>((resolve) => {
    terminal.once('close', resolve);
    terminal.question(`${plainLine(question)} [y/N] `, (line) => {
      answer = line;
      terminal.close();
    });
  });
  // Without an answer its line break is missing too.
  if (answer === undefined) process.stderr.write('\n');
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
