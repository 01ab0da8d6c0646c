/** Whether an answer is as an example shows it, and what is left out is there. */
import { LEFT_OUT } from '../../src/http/example.ts';

/**
 * Where an answer is not as it is shown: by path, empty when it is. A mark of what is left out must be true: an object or a
 * list that has one has more than is shown.
 */
export function differences(shown: unknown, actual: unknown, path = 'answer'): string[] {
  if (shown === LEFT_OUT) return [];
  if (typeof shown === 'string')
    return typeof actual === 'string' && isTextLike(shown, actual) ? [] : [differs(path, shown, actual)];
  if (Array.isArray(shown))
    return Array.isArray(actual) ? ofLists(shown, actual, path) : [differs(path, shown, actual)];
  if (!isObject(shown)) return shown === actual ? [] : [differs(path, shown, actual)];
  if (!isObject(actual) || Array.isArray(actual)) return [differs(path, shown, actual)];
  const { [LEFT_OUT]: mark, ...members } = shown;
  const more = Object.keys(actual).filter((key) => !(key in members));
  return [
    ...Object.entries(members).flatMap(([key, member]) => differences(member, actual[key], `${path}.${key}`)),
    ...counted(path, mark !== undefined, more),
  ];
}

function ofLists(shown: readonly unknown[], actual: readonly unknown[], path: string): string[] {
  const isCut = shown.at(-1) === LEFT_OUT;
  const members = isCut ? shown.slice(0, -1) : shown;
  return [
    ...members.flatMap((member, at) => differences(member, actual[at], `${path}[${at}]`)),
    ...counted(path, isCut, actual.slice(members.length)),
  ];
}

function counted(path: string, isCut: boolean, more: readonly unknown[]): string[] {
  if (isCut && more.length === 0) return [`${path}: nothing is left out`];
  return !isCut && more.length > 0 ? [`${path}: has more: ${JSON.stringify(more).slice(0, 200)}`] : [];
}

/** `…` in it stands for any text. */
function isTextLike(shown: string, actual: string): boolean {
  const parts = shown.split(LEFT_OUT).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*?')}$`, 's').test(actual);
}

function differs(path: string, shown: unknown, actual: unknown): string {
  return `${path}: ${JSON.stringify(shown)} is shown, and it is ${JSON.stringify(actual)?.slice(0, 2_000)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
