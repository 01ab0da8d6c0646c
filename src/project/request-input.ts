/** What a call would do, as a person reads it before they allow it: everything, and in the order in which it came. */
import { linesOf } from '../characters.ts';

interface InputField {
  readonly name: string;
  /** The value itself where it is a text, else JSON. */
  readonly text: string;
}

/** The fields of the input of a call; one without a name for an input that is no object, or no JSON. */
function inputFields(input: string): InputField[] {
  const value = parsed(input);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ name: '', text: input }];
  return Object.entries(value).map(([name, inner]) => ({
    name,
    text: typeof inner === 'string' ? inner : JSON.stringify(inner, null, 2),
  }));
}

/** One text for all of them; a value of several lines stands below its name, and no line of it looks like a name. */
export function inputText(input: string): string {
  return inputFields(input)
    .map(({ name, text }) => (name === '' ? text : `${name}:${besideOrBelow(text)}`))
    .join('\n');
}

function besideOrBelow(text: string): string {
  const lines = linesOf(text);
  return lines.length === 1 ? ` ${text}` : lines.map((line) => `\n  ${line}`).join('');
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return undefined;
  }
}
