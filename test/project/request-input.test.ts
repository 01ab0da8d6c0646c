import { expect, test } from 'vitest';
import { inputText } from '../../src/project/request-input.ts';

test.each([
  ['{"command":"npm test","timeout":5}', 'command: npm test\ntimeout: 5'],
  ['{"command":"a\\nb: c","x":{"y":[1]}}', 'command:\n  a\n  b: c\nx:\n  {\n    "y": [\n      1\n    ]\n  }'],
  ['"text"', '"text"'],
  ['[1]', '[1]'],
  ['{"cut', '{"cut'],
  ['{}', ''],
])('the input %j is shown as %j', (input, text) => {
  expect(inputText(input)).toBe(text);
});
