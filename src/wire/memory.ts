/** Keys of the shared memory for programs. */
import type { MemoryHead } from '../project/memory.ts';
import type { WireMemoryHead } from './schemas/memory.ts';

export function toWireMemoryHead({
  key,
  version,
  bytes,
  author,
  runId,
  writtenAt,
}: MemoryHead): WireMemoryHead {
  return { key, version, author, run_id: runId, written_at: writtenAt, bytes };
}
