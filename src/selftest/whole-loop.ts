/**
 * The whole loop in its shortest form: a plan is sent, carried out, rejected, revised in the same session, approved and
 * completed. Everything a person would do goes through our Desktop server; only the model is scripted.
 */
import { join } from 'node:path';
import { call, say } from '../simulator/reply.ts';
import { type Script, sequence } from '../simulator/script.ts';
import type { ToolEvent } from '../wire/schemas/tool-nouns.ts';
import { TOOL_RESULTS } from '../wire/schemas/tool-results.ts';
import type { Desktop } from './desktop.ts';
import { type Sandbox, type SandboxOptions, sessionsOf } from './sandbox.ts';
import { SelftestError } from './selftest-error.ts';

const WORKSPACE = 'selftest';
const FILE = 'selftest.txt';

/** What the loop needs of its sandbox. */
export const LOOP_SANDBOX: Pick<SandboxOptions, 'workspace' | 'config'> = {
  workspace: { name: WORKSPACE, files: {} },
  config: { allowed_tools: ['Bash(echo *)'] },
};

const PLAN = `---\nworkspace: ${WORKSPACE}\n---\n# Self-test\n\nWrite ${FILE}.\n`;

export interface LoopOptions {
  /** Called after each step. */
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

/** Throws SelftestError when a step fails, and the reason of `signal` when it aborts. The caller closes the sandbox. */
export async function runWholeLoop(sandbox: Sandbox, { onStep, signal: given }: LoopOptions): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  try {
    await sandbox.startModel(model(sandbox.workspace));
    await sandbox.startSupervisor(({ code, signal: by }, lastLine) => {
      const how = `the supervisor ended with ${by ?? `exit code ${code}`}${lastLine && `: ${lastLine}`}`;
      failed.abort(new SelftestError(how));
    });
    const desktop = await sandbox.startDesktop();
    const events: EventWaiter = { desktop, signal, cursor: '0', seen: [] };
    onStep('the supervisor and the server of Claude Desktop are up');
    const sent = await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal);
    const { project_id } = TOOL_RESULTS.bridge_send_plan.parse(sent);
    await waitFor(events, 'run.ready');
    onStep('Claude Code runs, connected to our tools');
    await waitFor(events, 'project.verified');
    onStep('round 1 is submitted');
    await expectText(sandbox, 'one');
    await desktop.call('bridge_get_approval_queue', {}, signal);
    await desktop.call('bridge_reject', { project_id, reason: 'Write two instead of one.' }, signal);
    await waitFor(events, 'project.verified');
    onStep('rejected, revised and submitted again');
    await expectText(sandbox, 'two');
    const sessions = sessionsOf(sandbox);
    if (sessions.length !== 1)
      throw new SelftestError(`the revision came in another session: ${sessions.join(', ')}`);
    await desktop.call('bridge_get_approval_queue', {}, signal);
    await desktop.call('bridge_approve', { project_id }, signal);
    await waitFor(events, 'project.completed');
    onStep('approved and complete');
  } catch (error) {
    // Why a wait was stopped says more than how it ended.
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

/** Runs a command in between: finding a shell is part of the test. */
function model(workspace: string): Script {
  const file_path = join(workspace, FILE);
  return sequence([
    bridge('bridge_send_update', { message: 'The self-test begins.' }),
    call('Write', { file_path, content: 'one\n' }),
    call('Bash', { command: 'echo selftest', description: 'Say something' }),
    (turn) => {
      const [printed] = turn.toolResults;
      if (!printed || printed.isError || !printed.text.includes('selftest'))
        throw new SelftestError(`a command could not be run: ${printed?.text ?? 'it printed nothing'}`);
      return bridge('bridge_send_completion', { summary: 'It says one.', files_created: [FILE] });
    },
    say('Submitted.'),
    call('Edit', { file_path, old_string: 'one', new_string: 'two' }),
    bridge('bridge_send_completion', { summary: 'It says two.', files_modified: [FILE] }),
    say('Submitted again.'),
  ]);
}

function bridge(tool: string, input: Record<string, unknown>) {
  return call(`mcp__claude_bridge_code__${tool}`, input);
}

interface EventWaiter {
  readonly desktop: Desktop;
  readonly signal: AbortSignal;
  /** Where Desktop continues. */
  cursor: string;
  /** Changes that Desktop has seen, and that nobody has waited for yet. */
  readonly seen: ToolEvent[];
}

const FAILURES = ['hold.set', 'project.needs_attention'];

/** Waits for an event as Desktop does. Skips others; throws SelftestError for one that reports a failure. */
async function waitFor(events: EventWaiter, type: string): Promise<void> {
  const { desktop, signal } = events;
  for (;;) {
    signal.throwIfAborted();
    for (let next = events.seen.shift(); next !== undefined; next = events.seen.shift()) {
      const { type: found, message, quote } = next;
      if (found === type) return;
      if (FAILURES.includes(found))
        throw new SelftestError(quote === undefined ? message : `${message}: ${quote}`);
    }
    const answer = await desktop.call('bridge_wait', { cursor: events.cursor }, signal);
    const { changes, cursor } = TOOL_RESULTS.bridge_wait.parse(answer);
    events.seen.push(...changes);
    events.cursor = cursor;
  }
}

async function expectText(sandbox: Sandbox, text: string): Promise<void> {
  const found = (await sandbox.read(FILE).catch(() => '')).trim();
  if (found !== text) throw new SelftestError(`expected Claude to write '${text}', got '${found}'`);
}
