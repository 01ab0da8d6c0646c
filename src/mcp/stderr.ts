/** What a client's log should know: Claude Desktop and Claude Code keep what a server writes to stderr. */
import { cut, escapeHidden } from '../characters.ts';

/** A client that sends nothing but bad lines would fill its log. */
const MAX_LINES = 100;
const MAX_CHARACTERS = 300;
let linesWritten = 0;

/** Writes one line, escaped and shortened. After a hundred of them it writes nothing more. */
export function logToStderr(what: string): void {
  // A client that closed our stderr is no reason to exit.
  if (linesWritten === 0) process.stderr.on('error', () => undefined);
  linesWritten += 1;
  if (linesWritten > MAX_LINES) return;
  const line = escapeHidden(cut(what, MAX_CHARACTERS)) + (what.length > MAX_CHARACTERS ? '…' : '');
  process.stderr.write(`bridge-supervisor: ${line}\n`);
  if (linesWritten === MAX_LINES)
    process.stderr.write('bridge-supervisor: further messages are suppressed.\n');
}
