import { describe, expect, test } from 'vitest';
import { say } from '../../src/simulator/reply.ts';
import { messagesRequest } from '../../src/simulator/request.ts';
import { byConversation, repeatingLast, type Script, sequence } from '../../src/simulator/script.ts';
import { readTurn, type ScriptTurn } from '../../src/simulator/turn.ts';

describe('script of a simulator', () => {
  test('a script plays one step per request and then says that it is exhausted', async () => {
    const script = sequence([say('one'), (turn) => say(`two of ${turn.lastUserText}`)]);
    expect(await script(said('three'))).toMatchObject({ text: 'one' });
    expect(await script(said('three'))).toMatchObject({ text: 'two of three' });
    expect(await script(said('three'))).toMatchObject({
      kind: 'error',
      message: 'Simulator: the script is exhausted: it has 2 steps.',
    });
  });

  test('a script can repeat its last step for ever', async () => {
    const script = repeatingLast([say('one'), say('two')]);
    const texts = [await script(said('')), await script(said('')), await script(said(''))];
    expect(texts).toMatchObject([{ text: 'one' }, { text: 'two' }, { text: 'two' }]);
  });

  test('a script can be chosen by a marker anywhere in the conversation', async () => {
    const script: Script = byConversation({ red: sequence([say('r1'), say('r2')]), green: say('g') });
    expect(await script(said('Paint it red.'))).toMatchObject({ text: 'r1' });
    expect(await script(said('Paint it green.'))).toMatchObject({ text: 'g' });
    expect(await script(said('Paint it red.', 'And now?'))).toMatchObject({ text: 'r2' });
    expect(await script(said('Paint it blue.'))).toMatchObject({
      message: 'Simulator: the conversation mentions none of "red", "green".',
    });
  });
});

describe('turn of a conversation', () => {
  test('a turn separates what the user wrote from what Claude Code added', () => {
    const turn = turnOf([
      { role: 'user', content: [text('<system-reminder>\nBe kind.\n</system-reminder>'), text('Build it.')] },
      { role: 'system', content: '# Environment' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }] },
      { role: 'system', content: steered('In blue,\nplease.') },
    ]);
    expect(turn.userTexts).toEqual(['Build it.', 'In blue,\nplease.']);
    expect(turn.lastUserText).toBe('In blue,\nplease.');
  });

  test('a turn holds the tool results since the last assistant message only', () => {
    const turn = turnOf([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_0', content: 'old' }] },
      { role: 'assistant', content: 'Two calls.' },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [text('fine'), { type: 'image' }] },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'broken', is_error: true },
        ],
      },
    ]);
    expect(turn.toolResults).toEqual([
      { toolUseId: 'toolu_1', text: 'fine', isError: false },
      { toolUseId: 'toolu_2', text: 'broken', isError: true },
    ]);
    expect(turn.mentions('old')).toBe(true);
    expect(turn.mentions('new')).toBe(false);
  });
});

function said(...texts: string[]): ScriptTurn {
  return turnOf(texts.map((content) => ({ role: 'user', content })));
}

function turnOf(messages: object[]): ScriptTurn {
  return readTurn(messagesRequest.parse({ model: 'claude-test', messages }), {}, 0);
}

function text(content: string): object {
  return { type: 'text', text: content };
}

function steered(message: string): string {
  const frame = 'This is how Claude Code surfaces messages the user sends mid-turn.';
  return `The user sent a new message while you were working:\n${message}\n\n${frame}`;
}
