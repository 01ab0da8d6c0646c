/** Asking the person at the terminal. Questions go to stderr: stdout holds results. */
import { createInterface } from 'node:readline';
import { plainLine } from './text.ts';

/** There is a terminal to ask at. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Whether the answer was yes. Anything else, ctrl-c and the end of input included, is a no. */
export async function confirm(question: string): Promise<boolean> {
  return isYes((await answerTo(`${plainLine(question)} [y/N] `)) ?? '');
}

/** The same, where an empty answer is a yes too. */
export async function confirmUnlessNo(question: string): Promise<boolean> {
  const answer = await answerTo(`${plainLine(question)} [Y/n] `);
  return answer !== undefined && (answer === '' || isYes(answer));
}

/** What was typed, or `standard` where nothing was; undefined after ctrl-c and at the end of input. */
export async function ask(question: string, standard = ''): Promise<string | undefined> {
  const shown = standard === '' ? '' : ` [${plainLine(standard)}]`;
  const answer = await answerTo(`${plainLine(question)}${shown}: `);
  return answer === '' ? standard : answer;
}

function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}

async function answerTo(prompt: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let answer: string | undefined;
  await new Promise<void>((resolve) => {
    terminal.once('close', resolve);
    terminal.question(prompt, (line) => {
      answer = line;
      terminal.close();
    });
  });
  // Without an answer its line break is missing too.
  if (answer === undefined) process.stderr.write('\n');
  return answer?.trim();
}
