import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { describeAuthor } from '../../project/memory.ts';
import { quoteExactly } from '../../project/quotation.ts';
import { type Answer, defineTool } from '../define-tool.ts';
import type { Verbs } from '../verbs.ts';
import { headRecord, MEMORY_NOTE, shownValue } from './records.ts';

export const getTool = defineTool({
  name: 'memory_get',
  title: 'Read the shared memory',
  description: 'The value of a key, or an earlier version.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ key: z.string(), version: z.string().optional() }),
  async run({ key, version: wanted }, { verbs }) {
    const asked = wanted === undefined ? undefined : /^\s*(\d{1,15})(?:@(\d{1,9}))?\s*$/.exec(wanted);
    if (asked === null)
      return { ok: false, refusal: 'version must be a number, or as an answer gives it, such as 12@9000.' };
    const version = asked === undefined ? undefined : Number(asked[1]);
    return shown(key, Number(asked?.[2] ?? 0), version, await verbs.readMemory(key, version));
  },
});

type MemoryRead = Awaited<ReturnType<Verbs['readMemory']>>;

function shown(
  key: string,
  offset: number,
  wanted: number | undefined,
  { entry, versions }: MemoryRead,
): Answer {
  const name = shownName(key);
  const others = versions.filter(({ version, isDeleted }) => version !== entry?.version && !isDeleted);
  const numbers = others.map(({ version }) => version);
  const rest = numbers.length === 0 ? [] : [`Other versions: ${numbers.join(', ')}.`];
  const facts = { key, other_versions: numbers };
  if (entry === undefined) {
    const what =
      wanted === undefined ? `There is no key ${name}.` : `There is no version ${wanted} of ${name}.`;
    return { ok: true, text: [what, ...rest].join('\n'), facts: { found: false, ...facts } };
  }
  const { key: _, ...head } = headRecord(entry);
  const when = `version ${entry.version}, by ${describeAuthor(entry)}, ${entry.writtenAt}`;
  if (entry.value === null)
    return {
      ok: true,
      text: [`${name} was deleted: ${when}.`, ...rest].join('\n'),
      facts: { found: false, deleted: true, ...facts, ...head },
    };
  const value = shownValue(entry.version, entry.value, offset);
  const lines = [
    `${name}: ${when}, ${entry.bytes} bytes of JSON`,
    ...(offset > 0 ? [`(from character ${offset} on)`] : []),
    '',
    quoteExactly(value.text),
    '',
    ...(value.next === undefined
      ? []
      : [`${value.left} more characters: call again with version ${value.next}.`]),
    ...rest,
    MEMORY_NOTE,
  ];
  return {
    ok: true,
    text: lines.join('\n'),
    facts: { found: true, ...facts, ...head, ...value.facts, note: MEMORY_NOTE },
  };
}
