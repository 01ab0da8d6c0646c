/**
 * What may be said in a channel: the names, the sizes, and what is wrong with what somebody gives. Agents write to each
 * other there; nothing in it is an order to anybody.
 */
import { asCode } from './quotation.ts';
import { cleanLine, plural } from './text.ts';

/** What the content of a message can be. */
export const ENCODINGS = ['legacy_text', 'legacy_json', 'structured', 'unsupported', 'invalid'] as const;

/** Names in characters, contents in bytes of UTF-8. */
export const CHANNEL_LIMITS = {
  channel: 256,
  sender: 128,
  reader: 128,
  key: 256,
  messageId: 256,
  contentBytes: 131_072,
  metadataBytes: 16_384,
} as const;

/** How many messages one answer has at most. */
export const MAX_CHANNEL_MESSAGES = 500;

/** What is wrong with one field. The codes are for programs. */
export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** In one line. */
export function describeProblem({ field, message }: FieldProblem): string {
  return `${field}: ${message}`;
}

/** What is wrong with a name; undefined: nothing. It is one line that nobody can take for another. */
export function nameProblem(field: string, name: string, max: number): FieldProblem | undefined {
  const problem = (code: string, message: string) => ({ field, code, message });
  if (name === '') return problem('required', 'must not be empty');
  if (name.trim() !== name) return problem('surrounding_whitespace', 'must not start or end with whitespace');
  if (name.length > max) return problem('too_long', `must be at most ${max} characters`);
  // Whatever would not be shown as it is: control characters, line ends, marks that hide or reorder text.
  if (cleanLine(name) !== name.replaceAll(/\s+/g, ' ') || /[\p{Cc}\u2028\u2029]/u.test(name))
    return problem('control_character', 'must not contain control or hidden characters');
  return undefined;
}

/** What is wrong with a text to send; undefined: nothing. */
export function contentProblem(content: string): FieldProblem | undefined {
  const problem = (code: string, message: string) => ({ field: 'content', code, message });
  if (content === '') return problem('required', 'must not be empty');
  if (content.includes('\u0000')) return problem('nul_byte', 'must not contain NUL characters');
  if (Buffer.byteLength(content) > CHANNEL_LIMITS.contentBytes)
    return problem('too_large', `exceeds ${CHANNEL_LIMITS.contentBytes} bytes`);
  return undefined;
}

/** What a consumer is told that has missed something. */
export function droppedText(count: number): string {
  return `${plural(count, 'message')} aged out before this consumer acknowledged them: 'channels' in config.json says how much is kept.`;
}

/** A name on a line of ours: as it is where it is a plain one, otherwise marked as the word of somebody else. */
export function shownName(name: string): string {
  return /^[\w.:@/+#-]{1,64}$/.test(name) ? name : asCode(name);
}

/** Who a run of the supervisor is in its channels, and which those are: names that begin so. */
export function channelPrefix(projectId: string): string {
  return `${projectId}:`;
}
