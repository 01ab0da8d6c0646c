/** The graph of the shared memory as a person reads it. */
import type { FoundEntity, GraphHead, Stamped, WholeEntity } from '../../project/graph.ts';
import { describeAuthor } from '../../project/memory.ts';
import { plural } from '../../project/text.ts';
import { indented, type Layout, section } from '../terminal/layout.ts';
import { flow, plainLine, wrap } from '../terminal/text.ts';
import { ago } from '../terminal/time.ts';

/** Which it is, and how much is known of it. */
export function graphHeadLines(head: GraphHead, { out, columns, now }: Layout): string[] {
  const { name, entityType, observationCount, relationCount } = head;
  return [
    ...wrap(`${plainLine(name)}  (${plainLine(entityType)})`, out.columns),
    ...indented(
      flow(
        [plural(observationCount, 'observation'), plural(relationCount, 'relation'), stampText(head, now)],
        columns,
      ),
    ),
  ];
}

/** The same, and what a search has found of its observations. */
export function foundLines({ found, ...head }: FoundEntity, layout: Layout): string[] {
  return [
    ...graphHeadLines(head, layout),
    ...indented(found.flatMap((content) => listItem(content, layout))),
  ];
}

/** One, with all that is known of it. */
export function entityLines(entity: WholeEntity, layout: Layout): string[] {
  const { observations, relations } = entity;
  return [
    ...graphHeadLines(entity, layout),
    ...section(
      layout,
      'Observations',
      observations.flatMap((one) => [...listItem(one.content, layout), ...stampLines(one, layout)]),
    ),
    ...section(
      layout,
      'Relations',
      relations.flatMap((one) => [
        ...listItem([one.from, one.relationType, one.to].map(plainLine).join(' → '), layout),
        ...stampLines(one, layout),
      ]),
    ),
  ];
}

function listItem(text: string, { columns }: Layout): string[] {
  return wrap(text, columns - 2).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

function stampLines(stamp: Stamped, { columns, now, out }: Layout): string[] {
  return indented(wrap(stampText(stamp, now), columns - 2).map((line) => out.style('dim', line)));
}

function stampText(stamp: Stamped, now: Date): string {
  return `by ${plainLine(describeAuthor(stamp))}, ${ago(stamp.writtenAt, now)}`;
}
