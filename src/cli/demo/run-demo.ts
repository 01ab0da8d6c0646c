/**
 * The whole loop, shown: everything is real but the model. Its promise: it reports what really happens, and leaves neither
 * a process nor a folder, however it ends.
 */
import { EXIT } from '../../exit-codes.ts';
import type { Sandbox } from '../../selftest/sandbox.ts';
import type { WireDemoSummary } from '../../wire/schemas/demo.ts';
import type { Cli } from '../context.ts';
import { conclusion, introduction, type Summary } from './frame.ts';
import { explainFailure, inSandbox, stopSandbox } from './in-sandbox.ts';
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
  const { out } = cli;
  const sandboxOptions = {
    workspace: { name: WORKSPACE, files: FILES, settings: SETTINGS },
    config: { allowed_tools: ALLOWED_TOOLS },
    keep: options.keep,
  };
  return inSandbox(cli, sandboxOptions, (sandbox, interrupted) => {
    if (!options.json) for (const line of introduction(out, sandbox.withoutGit === undefined)) out.line(line);
    return show(cli, options, sandbox, interrupted);
  });
}

async function show(
  cli: Cli,
  options: DemoOptions,
  sandbox: Sandbox,
  interrupted: AbortSignal,
): Promise<number> {
  const { out, clock } = cli;
  const beganAt = clock.monotonic();
  const reporter = options.json ? jsonReporter(out, clock) : textReporter(out, clock);
  const end = await runScenario({ sandbox, reporter, interrupted });
  if (end.kind === 'interrupted') out.hint('Interrupted: ending what was started …');
  const left = await stopSandbox(cli, sandbox);
  if (end.kind === 'interrupted') return EXIT.interrupted;
  if (end.kind === 'failed') {
    const folder = options.keep ? `It is kept in ${sandbox.root}.` : 'Keep all of it with --keep.';
    await explainFailure(cli, sandbox, end.message, folder);
    return 1;
  }
  // Before the conclusion says so.
  if (!options.keep) await sandbox.remove();
  const summary = {
    ...end.facts,
    durationMs: Math.round(clock.monotonic() - beganAt),
    processesLeft: left,
    kept: options.keep ? sandbox.root : null,
  };
  if (options.json) out.jsonLine(toWireDemoSummary(summary));
  else for (const line of conclusion(out, summary)) out.line(line);
  return left > 0 ? 1 : 0;
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
