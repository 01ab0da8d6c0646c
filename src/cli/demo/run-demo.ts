/**
 * The whole loop, shown: everything is real but the model. Its promise: it reports what really happens, and leaves neither
 * a process nor a folder, however it ends.
 */
import { EXIT } from '../../exit-codes.ts';
import { findClaude } from '../../selftest/find-claude.ts';
import { openSandbox, type Sandbox } from '../../selftest/sandbox.ts';
import { plainPath } from '../../selftest/sandbox-environment.ts';
import type { WireDemoSummary } from '../../wire/schemas/demo.ts';
import type { Cli } from '../context.ts';
import { stopRequest } from '../terminal/signals.ts';
import { plainLine } from '../terminal/text.ts';
import { conclusion, introduction, type Summary } from './frame.ts';
import { jsonReporter, textReporter } from './reporter.ts';
import { runScenario } from './scenario.ts';
import { ALLOWED_TOOLS, FILES, SETTINGS, WORKSPACE } from './work.ts';

export interface DemoOptions {
  /** One JSON object for each step, then a summary. */
  readonly json: boolean;
  /** Leave the folder where it is. */
  readonly keep: boolean;
}

/** Resolves with the exit code after the cleanup. Throws unexpected errors, after the cleanup too. */
export async function runDemo(cli: Cli, options: DemoOptions): Promise<number> {
  const { out, env, selfCommand, clock } = cli;
  const claude = findClaude(env);
  if (!claude.found) {
    out.failure(`${claude.message}.`);
    return 1;
  }
  // Until the very end: a second ctrl-c must not interrupt the cleanup.
  const stop = stopRequest();
  try {
    const sandbox = await openSandbox({
      selfCommand,
      env,
      path: plainPath(env),
      clock,
      claude: claude.path,
      name: 'bridge-demo',
      workspace: { name: WORKSPACE, files: FILES, settings: SETTINGS },
      config: { allowed_tools: ALLOWED_TOOLS },
    });
    try {
      if (!options.json)
        for (const line of introduction(out, sandbox.withoutGit === undefined)) out.line(line);
      return await show(cli, options, sandbox, AbortSignal.any([stop.signal, out.readerGone]));
    } finally {
      await cleanUp(sandbox, options);
    }
  } finally {
    stop.dispose();
  }
}

async function show(
  { out, clock }: Cli,
  options: DemoOptions,
  sandbox: Sandbox,
  interrupted: AbortSignal,
): Promise<number> {
  const beganAt = clock.monotonic();
  const reporter = options.json ? jsonReporter(out, clock) : textReporter(out, clock);
  const end = await runScenario({ sandbox, reporter, interrupted });
  if (end.kind === 'interrupted') out.hint('Interrupted: ending what was started …');
  const left = await sandbox.stop();
  if (left.length > 0) {
    const names = left.map(({ pid, name }) => `${name} (pid ${pid})`).join(', ');
    out.failure(`these processes of the demo could not be stopped: ${names}. Stop them manually.`);
  }
  if (end.kind === 'interrupted') return EXIT.interrupted;
  if (end.kind === 'failed') {
    const folder = options.keep ? `It is kept in ${sandbox.root}.` : 'Keep all of it with --keep.';
    out.failure(`the demo failed: ${asSentence(end.message)} The end of its log follows. ${folder}`);
    out.details(`claude: ${sandbox.claude}`);
    out.details((await sandbox.log()).slice(-MAX_LOG_LINES).join('\n'));
    return 1;
  }
  await cleanUp(sandbox, options);
  const summary = {
    ...end.facts,
    durationMs: Math.round(clock.monotonic() - beganAt),
    processesLeft: left.length,
    kept: options.keep ? sandbox.root : null,
  };
  if (options.json) out.jsonLine(toWireDemoSummary(summary));
  else for (const line of conclusion(out, summary)) out.line(line);
  return left.length > 0 ? 1 : 0;
}

const MAX_LOG_LINES = 10;

function asSentence(text: string): string {
  const line = plainLine(text);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function toWireDemoSummary(summary: Summary): WireDemoSummary {
  return {
    summary: {
      project_id: summary.projectId,
      status: summary.status,
      rounds: summary.rounds,
      runs: summary.runs,
      sessions: [...summary.sessions],
      repairs: summary.repairs,
      updates: summary.updates,
      landed: summary.landed,
      model_requests: summary.modelRequests,
      estimated_usd: summary.estimatedUsd,
      duration_ms: summary.durationMs,
      model: 'scripted',
      paid_usd: 0,
      processes_left: summary.processesLeft,
      kept: summary.kept,
    },
  };
}

/** May be done twice. */
async function cleanUp(sandbox: Sandbox, { keep }: DemoOptions): Promise<void> {
  await sandbox.stop();
  if (!keep) await sandbox.remove();
}
