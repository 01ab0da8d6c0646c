/**
 * Takes the graph of another memory server over. What is here already stays as it is, so doing it again adds only what is new.
 */
import type { GraphCounts } from '../project/graph.ts';
import type { MemoryFile } from '../project/memory-file.ts';
import type { Result } from '../result.ts';
import { orRefusal, writeAdditions } from './graph.ts';
import { perform } from './importing.ts';
import type { Bridge } from './open-bridge.ts';

export interface GraphImport {
  /** In the file. */
  readonly found: GraphCounts;
  /** Of these, added now, or to be added: none is there twice. */
  readonly added: GraphCounts;
  /** Names of entities that are here, or earlier in the file, with another type, which stays. */
  readonly otherTypes: readonly string[];
}

/**
 * Imports what is not here, as written by the person, all of it or nothing. Throws StoreError.
 *
 * @param isDry Only counts.
 */
export async function importGraph(
  bridge: Bridge,
  { entities, relations }: Pick<MemoryFile, 'entities' | 'relations'>,
  isDry: boolean,
): Promise<Result<GraphImport>> {
  return orRefusal(() =>
    perform(bridge, isDry, async (writing) => {
      const writer = { actor: 'person', runId: null } as const;
      const done = await writeAdditions(writing, { entities, relations }, writer);
      return {
        found: {
          entities: entities.length,
          observations: entities.reduce((sum, { observations }) => sum + observations.length, 0),
          relations: relations.length,
        },
        added: {
          entities: done.entities.filter(({ isNew }) => isNew).length,
          observations: done.entities.reduce((sum, { added }) => sum + added.length, 0),
          relations: done.relations.length,
        },
        otherTypes: done.entities
          .filter(({ entityType }, index) => entityType !== entities[index]?.entityType)
          .map(({ name }) => name),
      };
    }),
  );
}
