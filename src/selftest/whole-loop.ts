/**
 * The whole loop in its shortest form: a plan is sent and carried out, a red check is repaired, the work is rejected, revised
 * in the same session, approved and merged. Everything a person would do goes through our Desktop server; only the model is
 * scripted.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call, say } from '../simulator/reply.ts';
import { type Script, sequence } from '../simulator/script.ts';
import type { ToolEvent } from '../wire/schemas/tool-nouns.ts';
import { sentProject, TOOL_RESULTS } from '../wire/schemas/tool-results.ts';
import type { Desktop } from './desktop.ts';
import { readBase, sameBytes } from './repository.ts';
import { type Sandbox, type SandboxOptions, sessionsOf } from './sandbox.ts';
import { SelftestError } from './selftest-error.ts';
import { waitingRound } from './waiting-round.ts';

const WORKSPACE = 'selftest';
const FILE = 'selftest.txt';
const CHECK = 'check.mjs';

/** Red for what Claude writes first. */
const CHECK_TEXT = `import { readFileSync } from 'node:fs';
const text = readFileSync('${FILE}', 'utf8').trim();
console.log('it says ' + text);
process.exitCode = text === 'one' ? 1 : 0;
`;

/** What the loop needs of its sandbox. @param node The program that runs the check. */
export function loopSandbox(node: string): Pick<SandboxOptions, 'workspace' | 'config'> {
  const checks = [{ name: 'text', run: `"${node}" ${CHECK}` }];
  return {
    workspace: { name: WORKSPACE, files: { [CHECK]: CHECK_TEXT }, settings: { checks } },
    config: { allowed_tools: ['Bash(echo *)'] },
  };
}

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
    await sandbox.startModel(model(sandbox));
    await sandbox.startSupervisor(({ code, signal: by }, lastLine) => {
      const how = `the supervisor ended with ${by ?? `exit code ${code}`}${lastLine && `: ${lastLine}`}`;
      failed.abort(new SelftestError(how));
    });
    const desktop = await sandbox.startDesktop();
    const events: EventWaiter = { desktop, signal, cursor: '0', seen: [] };
    onStep('the supervisor and the server of Claude Desktop are up');
    const sent = await desktop.call('bridge_send_plan', { plan_markdown: PLAN }, signal);
    const { project_id } = sentProject.parse(sent);
    await waitFor(events, 'run.ready');
    onStep('Claude Code runs, connected to our tools');
    await waitFor(events, 'project.checks_failed');
    onStep('round 1 is submitted, and its check is red');
    await waitFor(events, 'project.verified');
    await expectRound(sandbox, desktop, project_id, { text: 'two', repairs: 1 }, signal);
    onStep('repaired in the same session, measured and shown');
    await desktop.call('bridge_reject', { project_id, reason: 'Write three instead of two.' }, signal);
    await waitFor(events, 'project.verified');
    const tree = await expectRound(sandbox, desktop, project_id, { text: 'three', repairs: 0 }, signal);
    onStep('rejected, revised and submitted again');
    await desktop.call('bridge_approve', { project_id }, signal);
    await waitFor(events, sandbox.withoutGit === undefined ? 'project.landed' : 'project.completed');
    await expectText(sandbox.workspace, 'three');
    if (sandbox.withoutGit === undefined) await expectLanded(sandbox, tree);
    onStep('approved, and where it belongs');
  } catch (error) {
    // Why a wait was stopped says more than how it ended.
    throw failed.signal.aborted ? failed.signal.reason : error;
  }
}

/** Runs a command in between: finding a shell is part of the test. */
function model(sandbox: Sandbox): Script {
  const edit = async (from: string, to: string) =>
    call('Edit', { file_path: await fileIn(sandbox), old_string: from, new_string: to });
  return sequence([
    bridge('bridge_send_update', { message: 'The self-test begins.' }),
    async () => call('Write', { file_path: await fileIn(sandbox), content: 'one\n' }),
    call('Bash', { command: 'echo selftest', description: 'Say something' }),
    (turn) => {
      const [printed] = turn.toolResults;
      if (!printed || printed.isError || !printed.text.includes('selftest'))
        throw new SelftestError(`a command could not be run: ${printed?.text ?? 'it printed nothing'}`);
      return bridge('bridge_send_completion', { summary: 'It says one.', files_created: [FILE] });
    },
    say('Submitted.'),
    () => edit('one', 'two'),
    bridge('bridge_send_completion', { summary: 'It says two.', files_created: [FILE] }),
    say('Submitted again.'),
    () => edit('two', 'three'),
    bridge('bridge_send_completion', { summary: 'It says three.', files_created: [FILE] }),
    say('Submitted a third time.'),
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

async function fileIn(sandbox: Sandbox): Promise<string> {
  return join(await sandbox.workFolder(), FILE);
}

/** Checks what Desktop shows of the round that waits against the folder. Returns the tree that a decision is bound to. */
async function expectRound(
  sandbox: Sandbox,
  desktop: Desktop,
  projectId: string,
  expected: { readonly text: string; readonly repairs: number },
  signal: AbortSignal,
): Promise<string | null> {
  const { measured, summary, repairs, tree } = await waitingRound(desktop, projectId, signal);
  const isMeasured = measured || sandbox.withoutGit !== undefined;
  if (!isMeasured || repairs.used !== expected.repairs)
    throw new SelftestError(`expected ${expected.repairs} repairs, measured; got: ${summary}`);
  await expectText(await sandbox.workFolder(), expected.text);
  const sessions = sessionsOf(sandbox);
  if (sessions.length !== 1)
    throw new SelftestError(`the work went on in another session: ${sessions.join(', ')}`);
  return tree;
}

async function expectText(folder: string, text: string): Promise<void> {
  const found = (await readFile(join(folder, FILE), 'utf8').catch(() => '')).trim();
  if (found !== text) throw new SelftestError(`expected ${FILE} to say '${text}', got '${found}'`);
}

async function expectLanded({ workspace, environment }: Sandbox, tree: string | null): Promise<void> {
  const base = await readBase(workspace, environment);
  if (base.tree !== tree)
    throw new SelftestError(`tree ${tree} was approved, and tree ${base.tree} was merged`);
  await sameBytes(workspace, FILE, environment);
}
