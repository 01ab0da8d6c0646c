/** The tools that add to the graph. They answer with what was not there before, as the reference memory server does. */
import * as z from 'zod';
import type { AdditionsDone, EntityDone, GraphAdditions } from '../../bridge/graph.ts';
import { shownName } from '../../project/channel.ts';
import { plural } from '../../project/text.ts';
import { type Answer, type Call, type Content, defineTool, type Tool } from '../define-tool.ts';
import { fitting, ROOM_BYTES } from '../fit.ts';
import { type MemoryScope, writerOf } from '../memory/scope.ts';
import { entity, list, relation, texts } from './inputs.ts';
import { shownTexts } from './records.ts';

/** The text shows them on lines of their own. */
const ADDED_BYTES = ROOM_BYTES / 2;

const ADDS = { readOnly: false, destructive: false, idempotent: true } as const;

export function createEntitiesTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'create_entities',
    title: 'Create entities',
    description: 'Add entities; one that exists gains the observations it lacks.',
    hints: ADDS,
    input: z.strictObject({ entities: list(entity) }),
    run: (input, call) =>
      adding(scope, call, input, ({ entities }) => {
        const created = entities.filter(({ isNew }) => isNew).map(toEntity);
        const existing = entities
          .filter(({ isNew }) => !isNew)
          .map(({ name, entityType, added }) => ({ name, entityType, addedObservations: added.length }));
        const shown = fitting(existing, (one) => one, ADDED_BYTES / 2);
        const lines = shown.map(
          ({ name, entityType, addedObservations: count }) =>
            `${shownName(name)} (${shownName(entityType)}): ${plural(count, 'observation')} added`,
        );
        if (existing.length > shown.length) lines.push(`and ${existing.length - shown.length} more`);
        const note =
          existing.length === 0 ? undefined : ['Existing, and of the type they had:', ...lines].join('\n');
        return added('entities', created, existing.length === 0 ? {} : { existing: shown }, note);
      }),
  });
}

function toEntity({ name, entityType, added: observations }: EntityDone): object {
  return { name, entityType, observations: shownTexts(observations) };
}

export function createRelationsTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'create_relations',
    title: 'Create relations',
    description: 'Add relations, in active voice.',
    hints: ADDS,
    input: z.strictObject({ relations: list(relation) }),
    run: (input, call) => adding(scope, call, input, ({ relations }) => added('relations', relations)),
  });
}

export function addObservationsTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'add_observations',
    title: 'Add observations',
    description: 'Add to existing entities.',
    hints: ADDS,
    input: z.strictObject({ observations: list(z.object({ entityName: z.string(), contents: texts() })) }),
    run: (input, call) =>
      adding(scope, call, input, ({ observations }) =>
        added(
          'results',
          observations.map(({ entityName, contents }) => ({
            entityName,
            addedObservations: shownTexts(contents),
          })),
        ),
      ),
  });
}

async function adding(
  scope: MemoryScope,
  call: Call,
  additions: GraphAdditions,
  answer: (done: AdditionsDone) => Answer,
): Promise<Answer> {
  const done = await call.verbs.addToGraph(additions, writerOf(scope, call));
  // As the reference server words it, and its clients know it.
  return done.ok ? answer(done.value) : { ok: false, refusal: done.refusal, plain: true };
}

/** What was added, as a list of JSON; of one that is too long, its beginning. */
function added(key: string, items: readonly object[], facts: object = {}, note?: string): Answer {
  const shown = itemsThatFit(items);
  const left = items.length - shown.length;
  const notes = [
    ...(left > 0 ? [`${left} more were added, and are not shown here.`] : []),
    ...(note === undefined ? [] : [note]),
  ];
  const more: Content[] = notes.map((text) => ({ type: 'text', text }));
  return {
    ok: true,
    text: JSON.stringify(shown, null, 2),
    facts: { [key]: shown, ...(left > 0 ? { not_shown: left } : {}), ...facts },
    ...(more.length === 0 ? {} : { more }),
  };
}

function itemsThatFit(items: readonly object[]): object[] {
  const [first] = items;
  // One alone can be too long, of its many observations.
  if (first !== undefined && fitting([{}, first], (one) => one, ADDED_BYTES).length < 2) return [];
  return fitting(items, (item) => item, ADDED_BYTES);
}
