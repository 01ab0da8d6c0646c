/**
 * The arguments of a call as clients really send them, made into what the tool's schema means. Clients fill in what they
 * were not told, or write a number as a text; their model would only read a refusal and send the same again.
 */
import { isObject } from '../project/json-object.ts';

/** The part of a tool's JSON Schema that says what its arguments are. */
export interface ArgumentsSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/**
 * What `sent` means as arguments; what cannot be read stays as it is, for the schema to refuse.
 *
 * - null is not given, and so is an empty text for an argument that may be left out;
 * - a whole number or a list written as a text is one where the schema wants it;
 * - a whole number is a text where the schema wants that: one project id in three hundred has digits alone;
 * - an object written as JSON text is that object;
 * - an object under the single key `params` is the arguments.
 *
 * @param keepsUnknown Without it, arguments that the tool does not know are left out: they change nothing it reads.
 */
export function readArguments(sent: unknown, schema: ArgumentsSchema, keepsUnknown: boolean): unknown {
  const object = unwrapped(sent);
  if (!isObject(object)) return object;
  const properties = schema.properties ?? {};
  const read = Object.entries(object)
    .filter(([name]) => keepsUnknown || Object.hasOwn(properties, name))
    .map(([name, value]) => {
      const type = Object.hasOwn(properties, name) ? typeIn(properties[name]) : undefined;
      return [name, readValue(value, type, schema.required?.includes(name) === true)] as const;
    })
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(read);
}

/** What some clients and older prompts wrap the arguments in; no tool of ours has an argument of these names. */
const WRAPPERS: readonly string[] = ['params', 'arguments'];
const MAX_WRAPPERS = 3;

function unwrapped(sent: unknown): unknown {
  let object = objectIn(sent);
  for (let depth = 0; depth < MAX_WRAPPERS && isObject(object); depth += 1) {
    const given = Object.entries(object).filter(([, value]) => value !== null);
    const [name = '', value] = given[0] ?? [];
    if (given.length !== 1 || !WRAPPERS.includes(name)) break;
    const inner = objectIn(value);
    if (!isObject(inner)) break;
    object = inner;
  }
  return object;
}

/** An object, also as JSON text; `{}` for what is empty in some language. */
function objectIn(value: unknown): unknown {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return {};
  const parsed = parsedJson(value);
  return isObject(parsed) ? parsed : value;
}

function readValue(value: unknown, type: string | undefined, isRequired: boolean): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'string')
    return type === 'string' && Number.isSafeInteger(value) ? String(value) : value;
  const text = value.trim();
  switch (type) {
    case 'string':
      return text === '' && !isRequired ? undefined : value;
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : value;
    case 'array':
      return Array.isArray(parsedJson(text)) ? parsedJson(text) : value;
    default:
      return value;
  }
}

function typeIn(property: unknown): string | undefined {
  return isObject(property) && typeof property.type === 'string' ? property.type : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
