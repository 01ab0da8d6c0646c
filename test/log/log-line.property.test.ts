/** A line of the log is read back as it was written. */
import { expect, test } from 'vitest';
import { readLogLine } from '../../src/cli/views/log-record.ts';
import { type Level, renderLine } from '../../src/log-line.ts';
import { redact } from '../../src/redaction.ts';
import { anyText, fc } from '../property.ts';

const levels: fc.Arbitrary<Level> = fc.constantFrom('error', 'warn', 'info', 'debug');
const SECRET = /token|key|secret|passw|passphrase|pwd|authorization|cookie|credential/i;
/** Names that the head of a line and its message have. */
const TAKEN = ['time', 'level', 'event', 'message'];
const names = fc
  .oneof(fc.stringMatching(/^[\w.@/-]{1,12}$/), fc.constantFrom('__proto__', 'constructor', 'toString'))
  .filter((name) => !SECRET.test(name) && !TAKEN.includes(name));
const values = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null));

test('a log line is one line, and reads back with its time, level, event, fields and message', () => {
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }),
      levels,
      fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,8}$/),
      fc.dictionary(names, values, { maxKeys: 5 }),
      anyText,
      (time, level, event, fields, message) => {
        const line = renderLine({ time, level, event, fields, message });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const expected = [
          ['time', time.toISOString()],
          ['level', level],
          ['event', event],
          ...Object.entries(fields).map(([key, value]) => [key, redact(String(value))]),
          ...(message === '' ? [] : [['message', redact(message)]]),
        ];
        // Without regard to order: JavaScript puts keys that are numbers first.
        expect(Object.entries(readLogLine(line.slice(0, -1))).sort()).toEqual(expected.sort());
      },
    ),
    { examples: [[new Date(0), 'info', 'a.a', { ['__proto__']: null }, '']] },
  );
});

test('any key of a log line leaves the fields beside it readable', () => {
  fc.assert(
    fc.property(anyText, anyText, (key, value) => {
      const time = new Date(0);
      const line = renderLine({
        time,
        level: 'info',
        event: 'x.y',
        fields: { [key]: 'odd', beside: value },
        message: '',
      });
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(readLogLine(line.slice(0, -1)).beside).toBe(redact(value));
    }),
  );
});
