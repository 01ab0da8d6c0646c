import type { Evidence } from '../project/evidence.ts';
import { allSnakeCase } from '../snake-case.ts';
import type { WireEvidence } from './schemas/evidence.ts';

export function toWireEvidence(evidence: Evidence): WireEvidence {
  return allSnakeCase(evidence) as WireEvidence;
}
