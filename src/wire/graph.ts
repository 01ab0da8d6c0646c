/** The graph of the shared memory for programs. */
import type { FoundEntity, GraphHead, Stamped, WholeEntity } from '../project/graph.ts';
import type { WireFoundEntity, WireGraphHead, WireWholeEntity } from './schemas/graph.ts';

export function toWireGraphHead({
  name,
  entityType,
  observationCount,
  relationCount,
  ...stamp
}: GraphHead): WireGraphHead {
  return {
    name,
    entityType,
    observation_count: observationCount,
    relation_count: relationCount,
    ...toWireStamp(stamp),
  };
}

export function toWireFoundEntity({ found, ...head }: FoundEntity): WireFoundEntity {
  return { ...toWireGraphHead(head), found: [...found] };
}

export function toWireWholeEntity({
  name,
  entityType,
  observations,
  relations,
  ...stamp
}: WholeEntity): WireWholeEntity {
  return {
    name,
    entityType,
    ...toWireStamp(stamp),
    observations: observations.map(({ content, ...by }) => ({ content, ...toWireStamp(by) })),
    relations: relations.map(({ from, relationType, to, ...by }) => ({
      from,
      relationType,
      to,
      ...toWireStamp(by),
    })),
  };
}

function toWireStamp({ author, runId, writtenAt }: Stamped) {
  return { author, run_id: runId, written_at: writtenAt };
}
