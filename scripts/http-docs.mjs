// Writes docs/http.md from the table of src/http/routes.ts. With --check it writes nothing and fails when the page is not as
// it would be written.

import './check-node.mjs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pathTemplate } from '../src/http/define-route.ts';
import { commandOf, shownAnswer } from '../src/http/example-text.ts';
import { PROBLEMS } from '../src/http/problem.ts';
import { ROUTE_GROUPS } from '../src/http/routes.ts';
import { NOUNS } from '../src/wire/schemas/outputs.ts';

const page = fileURLToPath(new URL('../docs/http.md', import.meta.url));
const text = await readFile(fileURLToPath(new URL('http-docs.md', import.meta.url)), 'utf8');
const nouns = new Map(Object.entries(NOUNS).map(([name, schema]) => [schema, name]));

function render() {
  const groups = Object.entries(ROUTE_GROUPS).map(
    ([title, routes]) => `### ${title}\n\n${routes.map(route).join('\n\n')}`,
  );
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`,
  );
  const problems = ['| code | status | |', '| --- | --- | --- |', ...rows].join('\n');
  return text.replace('<!-- routes -->', () => groups.join('\n\n')).replace('<!-- problems -->', problems);
}

function route(one) {
  const { method, path, access, summary, params, query, body, status, answer, problems, example } = one;
  const who = access === 'open' ? 'Open to anybody.' : `Needs \`${access}\`.`;
  return [
    `#### ${method} ${pathTemplate(path)}`,
    '',
    `${summary} ${who}`,
    '',
    ...part('In the path', params),
    ...part('In the query', query),
    ...(body ? part('In the body', body) : []),
    `- Answers ${status}: ${answerOf(answer)}`,
    ...(problems.length > 0 ? [`- Problems: ${problems.map((code) => `\`${code}\``).join(', ')}`] : []),
    '',
    fenced('sh', commandOf(one)),
    '',
    fenced(languageOf(one), shownAnswer(example)),
  ].join('\n');
}

/** JSON that has marks of what is left out is none. */
function languageOf({ answer, example }) {
  if (answer === 'text/x-diff; charset=utf-8') return 'diff';
  return typeof example.answer === 'string' ? 'text' : 'js';
}

function fenced(language, text) {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function part(title, { shape }) {
  const fields = Object.entries(shape).map(([name, schema]) => {
    const isNeeded = !schema.safeParse(undefined).success;
    return `  - \`${name}\`${isNeeded ? '' : ' (optional)'}${schema.description ? `: ${schema.description}` : ''}`;
  });
  return fields.length > 0 ? [`- ${title}:`, ...fields] : [];
}

function answerOf(schema) {
  if (typeof schema === 'string') return `\`${schema.split(';')[0]}\``;
  const noun = nouns.get(schema);
  if (noun) return `[${noun}](json.md#${noun.replaceAll(' ', '-')})`;
  if (schema.def.type === 'array') return `list of ${answerOf(schema.def.element)}`;
  if (schema.def.type === 'union') return schema.def.options.map(answerOf).join('\n  or ');
  const fields = Object.entries(schema.shape).map(([name, field]) => `  - \`${name}\`${fieldText(field)}`);
  return `${schema.description}\n${fields.join('\n')}`;
}

function fieldText(schema) {
  const inner = bare(schema);
  const element = inner.def.type === 'array' ? bare(inner.def.element) : inner;
  const noun = nouns.get(element);
  const about = nouns.has(inner) ? undefined : schema.description;
  const kind = noun
    ? ` (${inner === element ? '' : 'list of '}[${noun}](json.md#${noun.replaceAll(' ', '-')}))`
    : '';
  return `${kind}${about ? `: ${about}` : ''}`;
}

function bare(schema) {
  return ['nullable', 'optional'].includes(schema.def.type) ? bare(schema.def.innerType) : schema;
}

const made = render();
if (!process.argv.includes('--check')) await writeFile(page, made);
else if ((await readFile(page, 'utf8').catch(() => '')) !== made) {
  console.error('docs/http.md is not what the routes say. Write it with: npm run docs');
  process.exitCode = 1;
}
