import { describe, expect, test } from 'vitest';
import { parseEnvelope, readContent } from '../../src/project/envelope.ts';

const BASE = { schema_version: 1, type: 'task.result', content: { done: true } };
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe('structured messages', () => {
  test('a structured message keeps what it says, without what is empty', () => {
    const whole = {
      ...BASE,
      thread_id: 't',
      reply_to: 'm',
      dedupe_key: 'k',
      created_at: '2026-11-30T10:00:00+01:00',
      artifacts: [{ uri: 'file:///a', sha256: 'a'.repeat(64), size_bytes: 3 }],
      extensions: { x: 1 },
    };
    expect(parseEnvelope({ ...whole, recipient: null, metadata: {} })).toEqual({ ok: true, value: whole });
    expect(parseEnvelope({ ...BASE, content: null })).toMatchObject({ value: { content: null } });
  });

  test.each([
    [[], 'message', 'invalid_type'],
    [{ type: 'a', content: 1 }, 'message', 'required'],
    [{ ...BASE, extra: 1 }, 'message', 'unknown_field'],
    [{ ...BASE, type: 'Task' }, 'type', 'invalid_format'],
    [{ ...BASE, type: 'a'.repeat(65) }, 'type', 'too_long'],
    [{ ...BASE, type: 3 }, 'type', 'invalid_type'],
    [{ ...BASE, thread_id: 'x'.repeat(257) }, 'thread_id', 'too_long'],
    [{ ...BASE, thread_id: '' }, 'thread_id', 'required'],
    [{ ...BASE, reply_to: ' a' }, 'reply_to', 'surrounding_whitespace'],
    [{ ...BASE, recipient: 'a\u0007' }, 'recipient', 'control_character'],
    [{ ...BASE, created_at: '2026-11-30T10:00:00' }, 'created_at', 'timezone_required'],
    [{ ...BASE, created_at: 'yesterday' }, 'created_at', 'invalid_format'],
    [{ ...BASE, artifacts: Array(33).fill({ uri: 'a' }) }, 'artifacts', 'too_many'],
    [{ ...BASE, artifacts: [{}] }, 'artifacts.uri', 'required'],
    [{ ...BASE, artifacts: [{ uri: 'a', size_bytes: -1 }] }, 'artifacts.size_bytes', 'out_of_range'],
    [{ ...BASE, artifacts: [{ uri: 'a', sha256: 'x' }] }, 'artifacts.sha256', 'invalid_format'],
    [{ ...BASE, metadata: { a: 'x'.repeat(17_000) } }, 'metadata', 'too_large'],
    [{ ...BASE, content: 'x'.repeat(140_000) }, 'message', 'too_large'],
    [{ ...BASE, content: nested(20) }, 'message', 'too_deep'],
  ])('a structured message that breaks a rule is refused with field and code: %#', (value, field, code) => {
    expect(parseEnvelope(value)).toMatchObject({ ok: false, refusal: { field, code } });
  });
});

describe('reading the content of a message', () => {
  test.each([
    ['hello', 'legacy_text'],
    ['{"a":', 'legacy_text'],
    ['[1]', 'legacy_json'],
    ['{"type":"hello"}', 'legacy_json'],
    [JSON.stringify(BASE), 'structured'],
    [JSON.stringify({ ...BASE, schema_version: 2 }), 'unsupported'],
    [JSON.stringify({ ...BASE, schema_version: 'x' }), 'invalid'],
    [JSON.stringify({ ...BASE, extra: 1 }), 'invalid'],
    ['['.repeat(100_000), 'legacy_text'],
  ])('content is read for what it is, and never fails: %#', (content, encoding) => {
    expect(readContent(content).encoding).toBe(encoding);
  });
});
