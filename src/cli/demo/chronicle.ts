/** What the supervisor and Claude do, told in their order: from the history, and from what Claude tells the model. */
import type { BridgeEvent } from '../../bridge/queries.ts';
import { describeOutcome } from '../../project/outcome-text.ts';
import type { ScriptTurn } from '../../simulator/turn.ts';
import { plainLines } from '../terminal/text.ts';
import { outcomeOf } from './journal.ts';
import type { Narrator, Shown, Who } from './narrator.ts';

export function tellEvent(narrator: Narrator, event: BridgeEvent): void {
  const told = sentenceFor(event);
  if (told) narrator.say(...told);
}

/** What Desktop does is told where it does it. */
function sentenceFor(event: BridgeEvent): [who: Who, text: string] | undefined {
  const { type, data } = event;
  const word = (key: string) => String(data[key] ?? '');
  switch (type) {
    case 'project.claimed':
      return ['Supervisor', 'takes the plan out of the queue'];
    case 'project.revision_started':
      return ['Supervisor', `takes up the revision: round ${word('round')} begins`];
    case 'run.started': {
      const session = word('session_id').slice(0, 8);
      return word('kind') === 'revise'
        ? ['Supervisor', `resumes session ${session} with your reason`]
        : ['Supervisor', `opens session ${session}`];
    }
    case 'run.spawned':
      return ['Supervisor', `starts claude, pid ${word('pid')}`];
    case 'run.ready':
      return ['Claude', `is ready: Claude Code ${word('claude_version')}, connected to our tools`];
    case 'project.updated':
      return ['Claude', `reports: ${word('message')}`];
    case 'project.submitted':
      return ['Claude', `submits round ${word('round')}: ${word('summary')}`];
    case 'run.ended':
      return ['Supervisor', `sees that claude has ended: ${describeOutcome(outcomeOf(event))}`];
    case 'project.completed':
      return ['Supervisor', 'completes the project'];
    default:
      return undefined;
  }
}

/** One tool that Claude has used, as it tells the model in its next request. */
export interface UsedTool {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: string;
  readonly failed: boolean;
}

export function usedTools({ messages, toolResults }: ScriptTurn): UsedTool[] {
  const calls = messages.flatMap(({ content }) => content).filter(({ type }) => type === 'tool_use');
  return toolResults.flatMap(({ toolUseId, text, isError }) => {
    const call = calls.find(({ id }) => id === toolUseId);
    const input = typeof call?.input === 'object' && call.input !== null ? call.input : {};
    return [{ name: String(call?.name ?? ''), input: { ...input }, output: text, failed: isError }];
  });
}

/** Tools that Claude Code brings along; ours show in the history. */
export function tellTool(narrator: Narrator, { name, input, output }: UsedTool): void {
  if (name.startsWith('mcp__')) return;
  if (name === 'Bash') {
    narrator.say('Claude', `Bash: ${input.command}`, printed(output));
    return;
  }
  const file = String(input.file_path ?? '').replace(/^.*[\\/]/, '');
  const size = typeof input.content === 'string' ? `, ${input.content.trim().split('\n').length} lines` : '';
  narrator.say('Claude', `${name}: ${file}${size}`);
}

export function printed(output: string): Shown {
  return { kind: 'output', lines: plainLines(output.trimEnd()) };
}
