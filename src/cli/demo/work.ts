/**
 * What is asked for in the demo, and how the scripted model does it. It makes two mistakes that people see every day: what
 * it writes fails in a case that nobody has tried, and it says that it did what it forgot.
 */
import { join } from 'node:path';
import { call, type MessageReply, say } from '../../simulator/reply.ts';
import { type Script, type ScriptStep, sequence } from '../../simulator/script.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';

export const WORKSPACE = 'words';
export const PROGRAM = 'words.mjs';
export const SAMPLE = 'sample.txt';
export const MANUAL = 'README.md';
const CHECK_FILE = 'check.mjs';
export const CHECK = `node ${CHECK_FILE}`;

export const PLAN = `---
workspace: ${WORKSPACE}
---
# Count the words of a text

1. Write ${PROGRAM}: "node ${PROGRAM} FILE" prints the three most
   frequent words of FILE, each with how often it occurs.
2. Say in ${MANUAL} how it is used.
`;

/** What the plan leaves open. */
const QUESTION = { question: 'Are "The" and "the" one word?', options: ['one word', 'two words'] };
export const ANSWER = 'one word';

export const REASON = `${MANUAL} is as it was: say in it how ${PROGRAM} is used.`;

/** Keys of the workspace in config.json. */
export const SETTINGS = { checks: [{ name: 'missing-file', run: CHECK }], check_inputs: [CHECK_FILE] };

/** The only tool that Claude needs beside its editing tools, which may be used in the workspace anyway. */
export const ALLOWED_TOOLS = ['Bash(node *)'];

const SAMPLE_TEXT = `The bridge carries the plan across, and the work comes back.
The person looks at the work and says what the next round needs.
`;

const MANUAL_TEXT = `# Words

Small programs for texts.
`;

/** Runs in any shell, and needs nothing but Node. */
const CHECK_TEXT = `// A program of ours says in one line what is wrong.
import { spawnSync } from 'node:child_process';

const words = [process.execPath, ['${PROGRAM}', 'no-such-file'], { encoding: 'utf8' }];
const { status, stderr } = spawnSync(...words);
const lines = stderr.trim().split('\\n').length;
console.log(\`lines of error for a missing file: \${lines}, expected: 1\`);
process.exitCode = status === 1 && lines === 1 ? 0 : 1;
`;

/** What is in the folder before the work. */
export const FILES = { [SAMPLE]: SAMPLE_TEXT, [MANUAL]: MANUAL_TEXT, [CHECK_FILE]: CHECK_TEXT };

/** What the model needs to know of where it works. */
export interface ModelOptions {
  /** The folder of the run under way. */
  readonly workFolder: () => Promise<string>;
  /** Called with each turn before it is answered. */
  readonly onTurn: (turn: ScriptTurn) => Promise<void>;
  /** Somebody reads along: the model takes the time for that. */
  readonly isWatched: boolean;
}

/** All runs, in the order in which Claude asks. What the model reports comes out of what the tools really returned. */
export function scriptedModel({ workFolder, onTurn, isWatched }: ModelOptions): Script {
  const file = (name: string, tool: string, input: Record<string, unknown>) => async () =>
    use(tool, { file_path: join(await workFolder(), name), ...input });
  const answer = sequence([
    update('I write the program, then say how it is used.'),
    use('mcp__claude_bridge_code__bridge_ask', QUESTION),
    file(PROGRAM, 'Write', { content: FIRST_PROGRAM }),
    use('Bash', { command: `node ${PROGRAM} ${SAMPLE}`, description: 'Run the program' }),
    (turn) =>
      submit(`${PROGRAM} prints for ${SAMPLE}: ${heard(turn)}. ${MANUAL} says how it is used.`, {
        files_created: [PROGRAM],
        files_modified: [MANUAL],
      }),
    say('Submitted.'),

    file(PROGRAM, 'Edit', REPAIR),
    use('Bash', { command: CHECK, description: 'Run the check' }),
    submit(`A missing file is one line of error now. ${MANUAL} says how ${PROGRAM} is used.`, {
      files_created: [PROGRAM],
      files_modified: [MANUAL],
    }),
    say('Submitted again.'),

    file(MANUAL, 'Read', {}),
    file(MANUAL, 'Edit', REVISION),
    submit(`${MANUAL} now says how ${PROGRAM} is used.`, {
      files_created: [PROGRAM],
      files_modified: [MANUAL],
    }),
    say('Submitted a third time.'),
  ] satisfies ScriptStep[]);
  return async (turn) => {
    await onTurn(turn);
    const reply = await answer(turn);
    return isWatched && reply.kind === 'message' ? { ...reply, pace: PACE } : reply;
  };
}

/** A delay that a reader can follow: a model that answers at once is done before a line is read. */
const PACE = { chunks: 4, everyMs: 100 };

function use(tool: string, input: Record<string, unknown>): MessageReply {
  return call(tool, input);
}

function update(message: string): MessageReply {
  return use('mcp__claude_bridge_code__bridge_send_update', { message });
}

function submit(summary: string, files: Record<string, unknown>): MessageReply {
  return use('mcp__claude_bridge_code__bridge_send_completion', { summary, ...files });
}

/** What the tool before printed, on one line. */
function heard({ toolResults }: ScriptTurn): string {
  return (toolResults.at(-1)?.text ?? '').trim().split('\n').join(', ');
}

const READING = "const text = readFileSync(process.argv[2], 'utf8');\n";

const FIRST_PROGRAM = String.raw`import { readFileSync } from 'node:fs';

${READING}const counts = new Map();
for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
for (const [word, count] of top) console.log(word + ' ' + count);
`;

const REPAIR = {
  old_string: READING,
  new_string: `let text = '';
try {
  text = readFileSync(process.argv[2], 'utf8');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
`,
};

const REVISION = {
  old_string: 'Small programs for texts.\n',
  new_string: `Small programs for texts.

\`node ${PROGRAM} FILE\` prints its three most frequent words.
`,
};
