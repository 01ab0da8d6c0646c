// Writes docs/json.md from the schemas of src/wire. With --check it writes nothing and fails when the page is not as it
// would be written.

import './check-node.mjs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CHANNEL_RESULTS } from '../src/wire/schemas/channel-results.ts';
import { GRAPH_RESULTS } from '../src/wire/schemas/graph-results.ts';
import { MEMORY_RESULTS } from '../src/wire/schemas/memory-results.ts';
import { LINES, NOUNS, OUTPUTS } from '../src/wire/schemas/outputs.ts';
import { RELAY_RESULTS } from '../src/wire/schemas/relay-results.ts';
import { SCRIPT_RESULTS } from '../src/wire/schemas/script-results.ts';
import { TOOL_NOUNS } from '../src/wire/schemas/tool-nouns.ts';
import { TOOL_RESULTS } from '../src/wire/schemas/tool-results.ts';

const page = fileURLToPath(new URL('../docs/json.md', import.meta.url));

const INTRODUCTION = `# What programs read

Every command that reports something takes \`--json\`: one value on stdout, or one a line where it says so. Names are in
snake case, and a number's unit is the last word of its name (\`timeout_ms\`, \`cost_usd\`, \`memory_bytes\`). A name that ends
in \`_at\`, and \`since\`, \`until\`, \`not_before\` and \`now\`, is a moment: UTC, ISO 8601, with milliseconds. A field that has
no value is \`null\`; a field marked *optional* may be absent.

A later version may add fields, kinds and types. Read what you know and pass over the rest.

This page is made from the schemas in \`src/wire/\` by \`npm run docs\`.
`;

const TOOLS = `## Tools

The structured content of each tool's answer. A model reads it: long texts are shortened, and a field that has no value is
absent.
`;

const CHANNELS = `## Tools of channels

The structured content of what the tools of [channels](channels.md) answer.
`;

const RELAY = `## Tools of the relay

The structured content of what the tools of the [relay](relay.md) answer.
`;

const SCRIPTS = `## Tools of scripts

The structured content of what the tools of [scripts and escalation](scripts.md) answer.
`;

const MEMORY = `## Tools of the shared memory

The structured content of what the tools of the [shared memory](memory.md) answer.
`;

const GRAPH = `## Tools of the memory graph

The structured content of what the tools of the [memory graph](memory.md#as-a-graph) answer.
`;

const ALL_NOUNS = { ...NOUNS, ...TOOL_NOUNS };
const nouns = new Map(Object.entries(ALL_NOUNS).map(([name, schema]) => [schema, name]));

function render() {
  const parts = [INTRODUCTION, '## Commands\n'];
  for (const [command, schema] of Object.entries(OUTPUTS)) parts.push(output(command, schema, ''));
  for (const [command, schema] of Object.entries(LINES)) parts.push(output(command, schema, ', a line'));
  parts.push(TOOLS);
  for (const [tool, schema] of Object.entries(TOOL_RESULTS)) parts.push(`### ${tool}\n`, body(schema));
  parts.push(CHANNELS);
  for (const [tool, schema] of Object.entries(CHANNEL_RESULTS))
    parts.push(`### ${tool} of channels\n`, body(schema));
  parts.push(RELAY);
  for (const [tool, schema] of Object.entries(RELAY_RESULTS)) parts.push(`### ${tool}\n`, body(schema));
  parts.push(SCRIPTS);
  for (const [tool, schema] of Object.entries(SCRIPT_RESULTS)) parts.push(`### ${tool}\n`, body(schema));
  parts.push(MEMORY);
  for (const [tool, schema] of Object.entries(MEMORY_RESULTS)) parts.push(`### ${tool}\n`, body(schema));
  parts.push(GRAPH);
  for (const [tool, schema] of Object.entries(GRAPH_RESULTS)) parts.push(`### ${tool}\n`, body(schema));
  parts.push('## Nouns\n');
  for (const [name, schema] of Object.entries(ALL_NOUNS)) parts.push(`### ${name}\n`, body(schema));
  return `${parts.join('\n').trimEnd()}\n`;
}

function output(command, schema, each) {
  const [name, ...options] = command.split(' ');
  const title = `### \`${[name, ...options, '--json'].join(' ')}\`${each}\n`;
  return nouns.has(schema) || schema.def.type === 'array'
    ? `${title}\n${type(schema)}\n`
    : `${title}\n${body(schema)}`;
}

function body(schema) {
  const lines = schema.description ? [`${schema.description}\n`] : [];
  if (schema.def.type === 'union') {
    const { options, discriminator } = schema.def;
    if (discriminator) lines.push(...variants(options, discriminator));
    else for (const option of options) lines.push(body(option));
    return `${lines.join('\n').trimEnd()}\n`;
  }
  const noun = nouns.has(schema) ? undefined : nounIn(schema);
  if (noun) lines.push(`Everything of a ${type(noun)}, and:\n`);
  return `${[...lines, ...fields({ shape: noun ? ownFields(schema) : schema.shape }, '')].join('\n')}\n`;
}

/** First the fields that all of them have. */
function variants(options, tag) {
  const [{ shape: first }] = options;
  const isShared = (name) => options.every(({ shape }) => shape[name] === first[name]);
  const shared = Object.fromEntries(Object.entries(first).filter(([name]) => isShared(name)));
  const common = fields({ shape: shared }, '');
  const each = options.map(({ shape }) => {
    const own = Object.entries(shape).filter(([name]) => name !== tag && !Object.hasOwn(shared, name));
    const facts = own.flatMap(([name, fact]) => factsOf(name, fact));
    return `- \`${shape[tag].value}\`${facts.length > 0 ? `: ${facts.join('; ')}` : ''}`;
  });
  return common.length > 0 ? [...common, '', `And by its \`${tag}\`:\n`, ...each] : each;
}

/** Those of an object without a name of its own, one by one. */
function factsOf(name, fact) {
  const inner = anonymousObject(fact);
  if (inner) return Object.entries(inner.shape).flatMap(([part, one]) => factsOf(`${name}.${part}`, one));
  return [`\`${name}\` (${isOptional(fact) ? 'optional ' : ''}${type(fact)})`];
}

function fields(object, indent) {
  return Object.entries(object.shape).flatMap(([name, schema]) => {
    const inner = anonymousObject(schema);
    const about = schema.description && !nouns.has(bare(schema)) ? `: ${schema.description}` : '';
    const line = `${indent}- \`${name}\` (${isOptional(schema) ? 'optional ' : ''}${type(schema)})${about}`;
    return inner ? [line, ...fields({ shape: ownFields(inner) }, `${indent}  `)] : [line];
  });
}

/** The noun that an object extends. */
function nounIn({ shape }) {
  return Object.values(ALL_NOUNS).find(
    (noun) => noun.shape && Object.entries(noun.shape).every(([name, schema]) => shape[name] === schema),
  );
}

/** Without those of the noun that it extends. */
function ownFields(object) {
  const inherited = nounIn(object)?.shape ?? {};
  return Object.fromEntries(Object.entries(object.shape).filter(([name]) => !Object.hasOwn(inherited, name)));
}

/** The object that is described where it is used, because it has no name of its own. */
function anonymousObject(schema) {
  const inner = bare(schema);
  if (inner.def.type === 'array') return anonymousObject(inner.def.element);
  return inner.def.type === 'object' && !nouns.has(inner) ? inner : undefined;
}

function type(schema) {
  const noun = nouns.get(schema);
  if (noun) return `[${noun}](#${noun.replaceAll(' ', '-')})`;
  const { def } = schema;
  switch (def.type) {
    case 'nullable':
      return `${type(def.innerType)} or null`;
    case 'optional':
      return type(def.innerType);
    case 'array':
      return `list of ${type(def.element)}`;
    case 'enum':
      return Object.values(def.entries)
        .map((value) => `\`${value}\``)
        .join(' | ');
    case 'literal':
      return def.values.map((value) => `\`${value}\``).join(' | ');
    case 'object': {
      const noun = nounIn(schema);
      return noun ? `${type(noun)} with these fields too` : 'object';
    }
    case 'record':
      return 'object';
    case 'unknown':
      return 'any value';
    case 'string':
      return def.format === 'datetime' ? 'time' : 'text';
    case 'number':
      return def.format === 'safeint' || def.checks?.some(({ def }) => def?.format === 'safeint')
        ? 'whole number'
        : 'number';
    default:
      return def.type;
  }
}

function bare(schema) {
  return schema.def.type === 'nullable' || schema.def.type === 'optional'
    ? bare(schema.def.innerType)
    : schema;
}

function isOptional(schema) {
  return schema.def.type === 'optional';
}

const text = render();
if (!process.argv.includes('--check')) await writeFile(page, text);
else if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
  console.error('docs/json.md is not what the schemas say. Write it with: npm run docs');
  process.exitCode = 1;
}
