/**
 * The whole loop in its shortest form, as a check: a plan is sent, carried out, rejected, revised in the same session,
 * approved and completed. Everything a person would do goes through our Desktop server; the model alone is played.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { call, say } from '../simulator/reply.ts';
import { type Script, sequence } from '../simulator/script.ts';
import type { Desktop } from './desktop.ts';
import { RehearsalFailure } from './failure.ts';
import { type Stage, type StageOptions, sessionsOf } from './stage.ts';

const WORKSPACE = 'rehearsal';
const FILE = 'rehearsal.txt';

/** What the loop needs on its stage. */
export const LOOP_STAGE: Pick<StageOptions, 'workspace' | 'config'> = {
  workspace: { name: WORKSPACE, files: {} },
  config: { allowed_tools: ['Bash(echo *)'] },
};

const PLAN = `---\nworkspace: ${WORKSPACE}\n---\n# Rehearsal\n\nWrite ${FILE}.\n`;

export interface LoopOptions {
  /** Told each step when it is done. */
  readonly tell: (step: string) => void;
  readonly signal: AbortSignal;
}

/** Throws RehearsalFailure with what went wrong, and what `signal` was aborted with. The stage is left to be ended. */
export async function playLoop(stage: Stage, { tell, signal: given }: LoopOptions): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  try {
    await stage.startModel(model(stage.workspace));
    await stage.startSupervisor(({ code, signal: by }, lastWords) => {
      const how = `the supervisor ended with ${by ?? `exit code ${code}`}${lastWords && `: ${lastWords}`}`;
      failed.abort(new RehearsalFailure(how));
    });
    const desktop = await stage.startDesktop();
    const listener: Listener = { desktop, signal, cursor: 0 };
    tell('the supervisor and the server of Claude Desktop are up');
    const sent = await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal);
    const { project_id } = z.object({ project_id: z.string() }).parse(sent);
    await until(listener, 'run.ready');
    tell('Claude Code runs, connected to our tools');
    await until(listener, 'project.submitted');
    tell('round 1 is submitted');
    await expectText(stage, 'one');
    await desktop.call('bridge_reject', { project_id, reason: 'Write two instead of one.' }, signal);
    await until(listener, 'project.submitted');
    tell('rejected, revised and submitted again');
    await expectText(stage, 'two');
    const sessions = sessionsOf(stage);
    if (sessions.length !== 1)
      throw new RehearsalFailure(`the revision came in another session: ${sessions.join(', ')}`);
    await desktop.call('bridge_approve', { project_id }, signal);
    await until(listener, 'project.completed');
    tell('approved and complete');
  } catch (error) {
    // What stopped a wait says more than how that wait ended.
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

/** With a command in between: that a shell is found is part of it. */
function model(workspace: string): Script {
  const file_path = join(workspace, FILE);
  return sequence([
    bridge('bridge_send_update', { message: 'The rehearsal begins.' }),
    call('Write', { file_path, content: 'one\n' }),
    call('Bash', { command: 'echo rehearsal', description: 'Say something' }),
    (turn) => {
      const [printed] = turn.toolResults;
      if (!printed || printed.isError || !printed.text.includes('rehearsal'))
        throw new RehearsalFailure(`a command could not be run: ${printed?.text ?? 'it said nothing'}`);
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

interface Listener {
  readonly desktop: Desktop;
  readonly signal: AbortSignal;
  /** How much of the history Desktop has heard. */
  cursor: number;
}

const change = z.object({ id: z.number(), type: z.string(), what: z.string(), words: z.string().optional() });
const news = z.object({ cursor: z.number(), changes: z.array(change) });

const TROUBLE = ['hold.set', 'project.needs_attention'];

/** Waits as Desktop does. What was not asked for is passed over, unless it is trouble. */
async function until(listener: Listener, type: string): Promise<void> {
  const { desktop, signal } = listener;
  for (;;) {
    signal.throwIfAborted();
    const heard = news.parse(await desktop.call('bridge_wait', { cursor: listener.cursor }, signal));
    for (const { id, type: happened, what, words } of heard.changes) {
      listener.cursor = id;
      if (happened === type) return;
      if (TROUBLE.includes(happened))
        throw new RehearsalFailure(words === undefined ? what : `${what}: ${words}`);
    }
    listener.cursor = Math.max(listener.cursor, heard.cursor);
  }
}

async function expectText(stage: Stage, text: string): Promise<void> {
  const found = (await stage.read(FILE).catch(() => '')).trim();
  if (found !== text)
    throw new RehearsalFailure(`Claude should have written '${text}', and wrote '${found}'`);
}
