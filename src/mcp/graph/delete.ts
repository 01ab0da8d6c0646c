/** The tools that delete from the graph. What is not there is no failure, as for the reference memory server. */
import * as z from 'zod';
import type { GraphDeletions } from '../../bridge/graph.ts';
import { describeCounts } from '../../project/graph.ts';
import { type Answer, type Call, defineTool, type Tool } from '../define-tool.ts';
import { type MemoryScope, writerOf } from '../memory/scope.ts';
import { list, relation, texts } from './inputs.ts';

const DELETES = { readOnly: false, destructive: true, idempotent: true } as const;

export function deleteEntitiesTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'delete_entities',
    title: 'Delete entities',
    description: 'Delete entities, their observations and relations.',
    hints: DELETES,
    input: z.strictObject({ entityNames: texts() }),
    run: ({ entityNames }, call) => deleting(scope, call, 'Entities', { entities: entityNames }),
  });
}

export function deleteObservationsTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'delete_observations',
    title: 'Delete observations',
    description: 'Delete observations of entities.',
    hints: DELETES,
    input: z.strictObject({ deletions: list(z.object({ entityName: z.string(), observations: texts() })) }),
    run: ({ deletions }, call) =>
      deleting(scope, call, 'Observations', {
        observations: deletions.map(({ entityName, observations: contents }) => ({ entityName, contents })),
      }),
  });
}

export function deleteRelationsTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'delete_relations',
    title: 'Delete relations',
    description: 'Delete relations.',
    hints: DELETES,
    input: z.strictObject({ relations: list(relation) }),
    run: ({ relations }, call) => deleting(scope, call, 'Relations', { relations }),
  });
}

async function deleting(
  scope: MemoryScope,
  call: Call,
  what: string,
  deletions: GraphDeletions,
): Promise<Answer> {
  const deleted = await call.verbs.deleteFromGraph(deletions, writerOf(scope, call));
  const message = `${what} deleted successfully`;
  return {
    ok: true,
    text: message,
    facts: { success: true, message, deleted },
    more: [{ type: 'text', text: `Deleted: ${describeCounts(deleted)}.` }],
  };
}
