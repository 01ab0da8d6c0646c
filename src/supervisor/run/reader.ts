/**
 * Reads the output of Claude during a run and acts on it at once. It reads the file of the run, never a pipe, so it can
 * also follow a process that a dead supervisor started, or read to the end what a dead process left.
 */
import { projectDetails } from '../../bridge/queries.ts';
import { recordQuotas } from '../../bridge/quota.ts';
import { expectedFolder } from '../../bridge/run-folder.ts';
import { recordAnswered, recordReady } from '../../bridge/runs.ts';
import { projectRules } from '../../bridge/work-rules.ts';
import { handshakeMismatch, reviewMismatch } from '../../claude/handshake.ts';
import { readQuotas } from '../../claude/quota.ts';
import { EMPTY, foldEvent, type RunSummary } from '../../claude/run-summary.ts';
import { costOf } from '../../claude/spending.ts';
import { type ClaudeEvent, type Init, readEvent } from '../../claude/stream.ts';
import type { Tail } from '../../claude/tail.ts';
import { isWork } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { ignoreTransient, retryTransient } from '../transient.ts';
import type { RunContext } from './context.ts';
import type { HeldProcess } from './held-process.ts';
import type { RunPhases } from './phase.ts';
import type { Steering } from './steering.ts';
import type { RunStop } from './stop.ts';

/** The model name of messages that Claude Code writes itself. */
const SYNTHETIC = '<synthetic>';

interface RunParts {
  readonly process: HeldProcess;
  readonly phases: RunPhases;
  readonly stop: RunStop;
  readonly steering: Steering;
}

/**
 * Folds the output of a run into a summary, and tells phases, stop, steering and store what follows from each event.
 */
export class RunReader {
  readonly #context: Context;
  readonly #runContext: RunContext;
  readonly #process: HeldProcess;
  readonly #phases: RunPhases;
  readonly #stop: RunStop;
  readonly #steering: Steering;
  #hasPartials = false;
  #summary: RunSummary = EMPTY;
  #answered: boolean;

  constructor(context: Context, runContext: RunContext, { process, phases, stop, steering }: RunParts) {
    this.#context = context;
    this.#runContext = runContext;
    this.#process = process;
    this.#phases = phases;
    this.#stop = stop;
    this.#steering = steering;
    this.#answered = runContext.run.answeredAt !== null;
  }

  /** The summary of the output so far. */
  get summary(): RunSummary {
    return this.#summary;
  }

  /** Whether the output has lines that are worthless once the run is over. */
  get hasPartials(): boolean {
    return this.#hasPartials;
  }

  /** Tells the listener what the run is doing now. */
  report(): void {
    const { listener, sessionSpentUsd } = this.#runContext;
    const cost = costOf(this.#summary.spending, sessionSpentUsd);
    listener.doing({ ...this.#summary.progress.live, costUsd: cost.usd ?? 0 });
  }

  /** Reads until `tail` ends. Throws StoreError and LeaseLost. */
  async read(tail: Tail): Promise<void> {
    for await (const line of tail.lines()) await this.#take(line);
  }

  async #take(line: string): Promise<void> {
    const { clock } = this.#context;
    this.#phases.emit({ kind: 'line', at: clock.monotonic() });
    const event = readEvent(line);
    if (event === undefined) return;
    const isFirst = this.#summary.init === undefined;
    this.#summary = foldEvent(this.#summary, event, clock.now().toISOString());
    await this.#react(event, isFirst);
    this.report();
  }

  async #react(event: ClaudeEvent, isFirst: boolean): Promise<void> {
    const { clock, lease } = this.#context;
    switch (event.kind) {
      case 'init':
        if (this.#phases.isStopping) return this.#stop.resendTerm();
        this.#phases.emit({ kind: 'turn', at: clock.monotonic() });
        return isFirst ? this.#checkHandshake(event.init) : undefined;
      case 'partial':
      case 'usage':
        this.#hasPartials = true;
        return;
      case 'taken_in':
        return this.#steering.takenIn(event.uuid);
      case 'rate_limit':
        return ignoreTransient(
          recordQuotas(lease, this.#runContext.run, readQuotas(event.info, clock.now())),
        );
      case 'assistant':
        return event.error === undefined && event.model !== SYNTHETIC ? this.#noteAnswer() : undefined;
      case 'tool_results':
        if (this.#steering.sawResults(event.toolUseIds)) this.#runContext.listener.changed();
        return;
      case 'result':
        this.#phases.emit({ kind: 'result', at: clock.monotonic() });
        // With its input closed, Claude finishes the messages it has and exits.
        return this.#process.endInput();
    }
  }

  /** Records the first answer of the model before anything acts on it. */
  async #noteAnswer(): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    const { lease } = this.#context;
    const { listener, run } = this.#runContext;
    if (await retryTransient(this.#context, () => recordAnswered(lease, run))) listener.changed();
    listener.answered();
  }

  async #checkHandshake(init: Init): Promise<void> {
    const { bridge, lease } = this.#context;
    const { listener, run } = this.#runContext;
    // The output of an adopted run is read from its beginning: what the predecessor recorded is not news.
    if (run.readyAt !== null) return;
    const folder = await expectedFolder(bridge.stateDir, run);
    const mismatch = isWork(run)
      ? await handshakeMismatch(init, { folder, denied: () => this.#deniedRules() })
      : await reviewMismatch(init, { folder });
    if (mismatch) return this.#stop.killBeforeFirstRequest(mismatch);
    const facts = { model: init.model, claudeVersion: init.claude_code_version };
    await retryTransient(this.#context, () => recordReady(lease, run, facts));
    listener.changed();
  }

  async #deniedRules(): Promise<readonly string[]> {
    const { bridge, config } = this.#context;
    const details = await projectDetails(bridge, this.#runContext.run.projectId);
    return details.ok ? projectRules(config, details.value.project).policy.deny : config.disallowed_tools;
  }
}
