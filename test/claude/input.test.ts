import { expect, test } from 'vitest';
import { interruptRequest, userMessage } from '../../src/claude/input.ts';

test('a message is one line, whatever its text', () => {
  const text = 'one\ntwo\r\n"three" \u2028 {{plan}} $& 💡';
  const line = userMessage(text, 'u1');
  expect(line).not.toMatch(/[\r\n]/);
  expect(JSON.parse(line)).toEqual({
    type: 'user',
    message: { role: 'user', content: text },
    parent_tool_use_id: null,
    uuid: 'u1',
  });
});

test('a request to stop is one line with its id', () => {
  expect(JSON.parse(interruptRequest('r1'))).toEqual({
    type: 'control_request',
    request_id: 'r1',
    request: { subtype: 'interrupt' },
  });
});
