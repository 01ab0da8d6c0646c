// Writes docs/events.md from the table of src/project/event.ts. With --check it writes nothing and fails when the page is
// not as it would be written.

import './check-node.mjs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { EVENTS } from '../src/project/event.ts';
import { MOVES } from '../src/project/project.ts';
import { snakeCase } from '../src/snake-case.ts';

const page = fileURLToPath(new URL('../docs/events.md', import.meta.url));

const INTRODUCTION = `# Events

Each change appends one event to the history, in the transaction of the change: what has an event has happened, and what
has none has not. Events are never changed and never deleted. \`bridge-supervisor watch --json\` prints one a line; its id
rises within a project, and the fields around \`data\` are in [What programs read](json.md#event).

An event of the type \`unknown\` was written by a newer version: pass over it.

This page is made from \`src/project/event.ts\` by \`npm run docs\`.
`;

function render() {
  const sections = Object.entries(EVENTS).map(([type, { when, action, schema }]) =>
    [`## ${type}\n`, `${when}${action ? move(action) : ''}\n`, ...facts(schema())].join('\n'),
  );
  return `${[INTRODUCTION, ...sections].map((part) => part.trimEnd()).join('\n\n')}\n`;
}

function move(action) {
  const { to } = MOVES[action];
  return to === 'same' ? '' : ` The status becomes \`${to}\`.`;
}

function facts(schema) {
  const { properties, required = [] } = z.toJSONSchema(schema);
  return Object.entries(properties).map(([name, fact]) => {
    const optional = required.includes(name) ? '' : 'optional ';
    return `- \`${snakeCase(name)}\` (${optional}${kind(fact)})${fact.description ? `: ${fact.description}` : ''}`;
  });
}

function kind({ type, enum: words, items, anyOf, oneOf }) {
  if (words) return words.map((word) => `\`${word}\``).join(' | ');
  if (anyOf) return anyOf.map((option) => (option.type === 'null' ? 'null' : kind(option))).join(' or ');
  if (oneOf) return '[outcome](json.md#outcome)';
  if (items) return `list of ${kind(items)}`;
  const names = { string: 'text', integer: 'whole number' };
  return [type]
    .flat()
    .map((name) => names[name] ?? name)
    .join(' or ');
}

const text = render();
if (!process.argv.includes('--check')) await writeFile(page, text);
else if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
  console.error('docs/events.md is not what the events say. Write it with: npm run docs');
  process.exitCode = 1;
}
