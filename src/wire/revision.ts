import type { RevisionChoice } from '../project/revision.ts';
import { allSnakeCase } from '../snake-case.ts';
import type { WireRevision } from './schemas/revision.ts';

export function toWireRevision(choice: RevisionChoice): WireRevision {
  return allSnakeCase(choice) as WireRevision;
}
