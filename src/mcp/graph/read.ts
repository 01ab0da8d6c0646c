/** The tools that read the graph, and its resource: page by page, each within what an answer may hold. */
import * as z from 'zod';
import type { GraphFilter, GraphPlace } from '../../bridge/graph.ts';
import { type Answer, defineTool } from '../define-tool.ts';
import type { Resource } from '../toolset.ts';
import type { Verbs } from '../verbs.ts';
import { texts } from './inputs.ts';
import { cursorOf, GRAPH_NOTE, placeOf, shownPage } from './records.ts';

const READS = { readOnly: true, destructive: false, idempotent: true } as const;
const cursor = z.string().optional();

export const readGraphTool = defineTool({
  name: 'read_graph',
  title: 'Read the graph',
  description: 'The whole graph; on with the cursor of an answer.',
  hints: READS,
  input: z.strictObject({ cursor }),
  run: (input, { verbs }) => page(verbs, { kind: 'all' }, input.cursor),
});

export const searchNodesTool = defineTool({
  name: 'search_nodes',
  title: 'Search the graph',
  description: 'Entities whose name, type or observations contain query.',
  hints: READS,
  input: z.strictObject({ query: z.string(), cursor }),
  run: (input, { verbs }) => page(verbs, { kind: 'holding', text: input.query }, input.cursor),
});

export const openNodesTool = defineTool({
  name: 'open_nodes',
  title: 'Open entities',
  description: 'Entities by name, and their relations.',
  hints: READS,
  input: z.strictObject({ names: texts(), cursor }),
  run: (input, { verbs }) => page(verbs, { kind: 'named', names: input.names }, input.cursor),
});

const BEGINNING: GraphPlace = { part: 'entities', entity: 0, observation: 0 };

async function page(verbs: Verbs, filter: GraphFilter, from: string | undefined): Promise<Answer> {
  const place = from === undefined ? BEGINNING : placeOf(from);
  if (place === undefined)
    return { ok: false, refusal: 'cursor must be one that an answer gave as next_cursor.' };
  const { entities, relations, next } = shownPage(await verbs.readGraph(filter, place));
  const graph = { entities, relations };
  const rest = next === undefined ? undefined : cursorOf(next);
  const said =
    rest === undefined ? GRAPH_NOTE : `There is more: call again with cursor ${rest}. ${GRAPH_NOTE}`;
  return {
    ok: true,
    text: JSON.stringify(graph, null, 2),
    facts: { ...graph, ...(rest === undefined ? {} : { next_cursor: rest }), note: GRAPH_NOTE },
    more: [{ type: 'text', text: said }],
  };
}

export const knowledgeGraph: Resource = {
  uri: 'memory://knowledge-graph',
  name: 'Knowledge graph',
  description: 'The graph as JSON; of a large one the beginning, with the cursor for read_graph.',
  mimeType: 'application/json',
  async read(verbs) {
    const { facts } = (await page(verbs, { kind: 'all' }, undefined)) as Extract<Answer, { ok: true }>;
    return JSON.stringify(facts, null, 2);
  },
};
