import * as z from 'zod';
import { shownName } from '../../project/channel.ts';
import { isObject } from '../../project/json-object.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { version } from './records.ts';
import { type MemoryScope, writerOf } from './scope.ts';

export function setTool(scope: MemoryScope): Tool {
  return defineTool({
    name: 'memory_set',
    title: 'Write into the shared memory',
    description:
      'Keep a JSON value under a key, for both sides. if_version: only over that version; 0: only if new.',
    hints: { readOnly: false, destructive: false, idempotent: true },
    input: z.strictObject({ key: z.string(), value: z.unknown(), if_version: version.optional() }),
    async run({ key, value, if_version: ifVersion }, call) {
      const change = { key, value: meantValue(value), ifVersion };
      const done = await call.verbs.setMemory(change, writerOf(scope, call));
      if (!done.ok) return { ok: false, refusal: done.refusal };
      const { head, isUnchanged } = done.value;
      const text = isUnchanged
        ? `${shownName(key)} has this value already, at version ${head.version}.`
        : `${shownName(key)} is at version ${head.version} now.`;
      return { ok: true, text, facts: { ok: true, key, version: head.version, unchanged: isUnchanged } };
    },
  });
}

/** Models often write an object as its JSON text where a schema leaves open what comes. */
function meantValue(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) || Array.isArray(parsed) ? parsed : value;
  } catch {
    return value;
  }
}
