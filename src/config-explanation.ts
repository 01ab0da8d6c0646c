/** What is wrong with a configuration, in one line: the file or variable, the key, and what is allowed. */
import * as z from 'zod';
import { schema, variableOf } from './config-schema.ts';
import { keysAt } from './config-workspace.ts';
import type { Environment } from './environment.ts';

/** One line for one issue of the schema. The value itself is not shown: it may be a secret. */
export function explain(found: z.core.$ZodIssue, file: string, env: Environment): string {
  const issue = meantIssue(found);
  if (issue.code === 'unrecognized_keys' && issue.path.length > 0) {
    return `${file}: '${oneLine(issue.path.join('.'))}' has an unknown key '${oneLine(issue.keys.join("', '"))}'; allowed keys: ${allowedKeys(issue.path).join(', ')}`;
  }
  if (issue.code === 'unrecognized_keys') {
    return `${file}: unknown key '${oneLine(issue.keys.join("', '"))}'; allowed keys: ${Object.keys(schema.shape).join(', ')}`;
  }
  const key = String(issue.path[0] ?? '');
  const source = env[variableOf(key)] ? variableOf(key) : file;
  return `${source}: '${oneLine(issue.path.join('.'))}' ${whatItMustBe(issue)}`;
}

/** Of the object at this place. */
function allowedKeys(path: readonly PropertyKey[]): string[] {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  const own = withoutDefault(shape[String(path[0])]);
  return path.length === 1 && own instanceof z.ZodObject ? Object.keys(own.shape) : keysAt(path);
}

function withoutDefault(type: z.ZodType | undefined): unknown {
  const isWrapped =
    type instanceof z.ZodPrefault || type instanceof z.ZodDefault || type instanceof z.ZodOptional;
  return isWrapped ? withoutDefault(type.unwrap() as z.ZodType) : type;
}

/** For a value that may have several types, the issue for the type that it has. */
function meantIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const isOfKind = (issues: readonly z.core.$ZodIssue[]) =>
    issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  const [meant] = issue.errors.find(isOfKind) ?? [];
  return meant ? { ...meant, path: [...issue.path, ...meant.path] } : issue;
}

function whatItMustBe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text in quotes',
  boolean: 'true or false',
  array: 'a list: […]',
  record: 'an object: {…}',
  object: 'an object: {…}',
};

/** A text on one line: a value may contain line breaks. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
