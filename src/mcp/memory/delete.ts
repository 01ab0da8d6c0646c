import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { version } from './records.ts';
import { type MemoryScope, writerOf } from './scope.ts';

export function deleteTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'memory_delete',
    title: 'Delete from the shared memory',
    description: 'Delete a key.',
    hints: { readOnly: false, destructive: true, idempotent: true },
    input: z.strictObject({ key: z.string(), if_version: version.optional() }),
    async run({ key, if_version: ifVersion }, call) {
      const done = await call.verbs.deleteMemory({ key, ifVersion }, writerOf(scope, call));
      if (!done.ok) return { ok: false, refusal: done.refusal };
      const { head, isDeleted } = done.value;
      const name = shownName(key);
      const text = isDeleted ? `${name} is deleted, version ${head?.version}.` : `There is no key ${name}.`;
      const facts = { ok: true, key, deleted: isDeleted, ...(isDeleted ? { version: head?.version } : {}) };
      return { ok: true, text, facts };
    },
  });
}
