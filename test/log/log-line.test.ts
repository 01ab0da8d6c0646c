import { describe, expect, test } from 'vitest';
import { type Fields, renderLine } from '../../src/log-line.ts';

const record = {
  time: new Date('2026-11-21T03:04:05.678Z'),
  level: 'info',
  event: 'run.started',
  message: '',
} as const;

function fields(values: Fields): string {
  const line = renderLine({ ...record, fields: values });
  return line.slice('2026-11-21T03:04:05.678Z INFO  run.started '.length, -1);
}

describe('log line', () => {
  test('a log line has time, level, event, fields and message', () => {
    const line = renderLine({
      ...record,
      fields: { project: 'ab12cd34ef56', pid: 123 },
      message: 'a "plan" came',
    });
    const wanted =
      '2026-11-21T03:04:05.678Z INFO  run.started project=ab12cd34ef56 pid=123 "a \\"plan\\" came"\n';
    expect(line).toBe(wanted);
  });

  test('a log line quotes a value that is not one word', () => {
    const values = {
      path: '/a/b-c.md',
      title: 'two words',
      empty: '',
      sum: 'a=b',
      left: undefined,
      none: null,
    };
    expect(fields(values)).toBe('path=/a/b-c.md title="two words" empty="" sum="a=b" none=null');
  });

  test('a log line shows dates, numbers, booleans and structures', () => {
    const values = { at: new Date(0), bad: new Date('x'), yes: true, big: 10n, list: [1, 'b c'] };
    expect(fields(values)).toBe(
      'at=1970-01-01T00:00:00.000Z bad=invalid-date yes=true big=10 list="[1,\\"b c\\"]"',
    );
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(fields({ circle })).toBe('circle="[not printable]"');
  });

  test('a log line shows an error with its cause, and a stack when it was unexpected', () => {
    const error = new Error('no claim', { cause: new Error('disk full') });
    expect(fields({ error })).toBe('error="Error: no claim (cause: Error: disk full)"');
    expect(renderLine({ ...record, level: 'error', fields: { error } })).toMatch(
      /Error: no claim\\n {4}at .*log-line\.test/,
    );
  });

  test('a log line stays one line, whatever a value, a key or a message holds', () => {
    const evil = 'x\r\n2026-11-21T03:04:05.678Z INFO  run.ended\u001b[31m\u0000\u009b\u2028\u202e\u007f';
    const line = renderLine({ ...record, fields: { [evil]: evil }, message: evil });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(line).toContain('\\u001b[31m\\u0000\\u009b\\u2028\\u202e\\u007f');
  });

  test('a log line escapes characters that hide or reorder text', () => {
    const hidden = 'a\u061cb\u200bc\u200dd\u2066e\ufefff\u{e0041}';
    expect(fields({ hidden })).toBe('hidden="a\\u061cb\\u200bc\\u200dd\\u2066e\\ufefff\\udb40\\udc41"');
  });

  test('a log line keeps letters of every language', () => {
    expect(fields({ title: 'Größe 計画 👩‍💻' })).toBe('title="Größe 計画 👩‍💻"');
  });

  test('a log line is cut before one value fills the file', () => {
    const line = fields({ output: 'x'.repeat(5_000_000) });
    expect(line.length).toBeLessThan(5_000);
    expect(line).toContain('… (5000000 characters)');
    expect(fields({ output: `x${'😀'.repeat(5_000)}` })).toMatch(/😀… \(10001 characters\)"$/);
  });
});

describe('secrets in the log', () => {
  test("the log redacts values with a secret's name, at any depth", () => {
    const values = {
      apiKey: 'abc',
      token: 'abc',
      nested: { headers: { Authorization: 'abc', 'x-api-key': 'abc' } },
    };
    expect(fields(values)).not.toContain('abc');
  });

  test('the log shows token counts', () => {
    expect(fields({ input_tokens: 12, usage: { output_tokens: 34 } })).toBe(
      'input_tokens=12 usage="{\\"output_tokens\\":34}"',
    );
  });

  test.each([
    'the key is sk-ant-api03-hunter2_hunter2-AA',
    'curl -H "Authorization: Bearer hunter2.hunter2"',
    'authorization: Basic aHVudGVyMg==hunter2',
    'x-api-key: hunter2',
    'ANTHROPIC_API_KEY=hunter2 claude -p',
    '{"access_token":"hunter2","expires_in":5}',
    'https://me:hunter2@example.com/repo.git',
    'git push with ghp_hunter2hunter2',
  ])('the log redacts a secret inside the text: %s', (text) => {
    expect(fields({ text })).not.toContain('hunter2');
    expect(renderLine({ ...record, fields: {}, message: text })).not.toContain('hunter2');
    expect(fields({ error: new Error(text) })).not.toContain('hunter2');
  });

  test('the log redacts a secret inside megabytes of text', () => {
    expect(fields({ text: 'token-'.repeat(1_000_000) })).toContain('(6000000 characters)');
    expect(fields({ text: `sk-ant-${'a'.repeat(5_000_000)}` })).toMatch(/^text="?\[redacted\]/);
  });
});
