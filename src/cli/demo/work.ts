/** What is asked for in the demo, and how the scripted model does it: first with a fault, then without. */
import { join } from 'node:path';
import { call, type MessageReply, say } from '../../simulator/reply.ts';
import { type Script, type ScriptStep, sequence } from '../../simulator/script.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';

export const WORKSPACE = 'words';
export const PROGRAM = 'words.mjs';
const TEST = 'words.test.mjs';
export const SAMPLE = 'sample.txt';

export const PLAN = `---
workspace: ${WORKSPACE}
---
# Count the words of a text

1. Write ${PROGRAM}: "node ${PROGRAM} FILE" prints the three most
   frequent words of FILE, each with how often it occurs.
2. Write a test in ${TEST}, with node:test, and run it.
3. Run the program on ${SAMPLE} and report what it prints.
`;

export const SAMPLE_TEXT = `The bridge carries the plan across, and the work comes back.
The person looks at the work and says what the next round needs.
`;

export const REASON = "'The' and 'the' are one word: count without regard to case, and test it.";

/** The only tool that Claude needs beside its editing tools, which may be used in the workspace anyway. */
export const ALLOWED_TOOLS = ['Bash(node *)'];

/**
 * Both rounds, in the order in which Claude asks. What the model reports comes out of what the tools really returned.
 *
 * @param onTurn Called with each turn before it is answered.
 */
export function scriptedModel(workspace: string, onTurn: (turn: ScriptTurn) => Promise<void>): Script {
  const inWorkspace = (name: string) => join(workspace, name);
  const answer = sequence([
    update('I write the program first, then its test.'),
    tool('Write', { file_path: inWorkspace(PROGRAM), content: FIRST_PROGRAM }),
    tool('Write', { file_path: inWorkspace(TEST), content: FIRST_TEST }),
    tool('Bash', { command: `node --test ${TEST}`, description: 'Run the test' }),
    tool('Bash', { command: `node ${PROGRAM} ${SAMPLE}`, description: 'Run the program' }),
    (turn) => update(`The test passes. For ${SAMPLE} it prints: ${heard(turn)}.`),
    submit({
      summary: `${PROGRAM} prints the three most frequent words of a file; its test passes.`,
      files_created: [PROGRAM, TEST],
      caveats: 'Words in upper and lower case are counted apart.',
    }),
    say('Submitted.', PACE),

    update('Understood: upper and lower case are one word.'),
    tool('Edit', { file_path: inWorkspace(PROGRAM), ...PROGRAM_EDIT }),
    tool('Edit', { file_path: inWorkspace(TEST), ...TEST_EDIT }),
    tool('Bash', { command: `node --test ${TEST}`, description: 'Run the tests' }),
    tool('Bash', { command: `node ${PROGRAM} ${SAMPLE}`, description: 'Run the program' }),
    (turn) =>
      submit({
        summary: `Words are counted without regard to case, and a test says so. For ${SAMPLE}: ${heard(turn)}.`,
        files_modified: [PROGRAM, TEST],
      }),
    say('Submitted again.', PACE),
  ] satisfies ScriptStep[]);
  return async (turn) => {
    await onTurn(turn);
    return answer(turn);
  };
}

/** A delay that a reader can follow: a model that answers at once is done before a line is read. */
const PACE = { pace: { chunks: 4, everyMs: 100 } };

function tool(name: string, input: Record<string, unknown>): MessageReply {
  return call(name, input, PACE);
}

function update(message: string): MessageReply {
  return tool('mcp__claude_bridge_code__bridge_send_update', { message });
}

function submit(completion: Record<string, unknown>): MessageReply {
  return tool('mcp__claude_bridge_code__bridge_send_completion', completion);
}

/** What the tool before printed, on one line. */
function heard({ toolResults }: ScriptTurn): string {
  return (toolResults.at(-1)?.text ?? '').trim().split('\n').join(', ');
}

const FIRST_PROGRAM = String.raw`import { readFileSync } from 'node:fs';

function wordsOf(text) {
  return text.match(/\p{L}+/gu) ?? [];
}

export function countWords(text) {
  const counts = new Map();
  for (const word of wordsOf(text)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

const file = process.argv[2];
if (file) {
  const top = countWords(readFileSync(file, 'utf8')).slice(0, 3);
  for (const [word, count] of top) console.log(word + ' ' + count);
}
`;

const FIRST_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countWords } from './words.mjs';

test('the most frequent word comes first', () => {
  assert.deepEqual(countWords('plan, work, plan'), [['plan', 2], ['work', 1]]);
});
`;

const PROGRAM_EDIT = {
  old_string: 'text.match(',
  new_string: 'text.toLowerCase().match(',
};

const TEST_EDIT = {
  old_string: '});\n',
  new_string: `});

test('upper and lower case are one word', () => {
  assert.deepEqual(countWords('The the'), [['the', 2]]);
});
`,
};
