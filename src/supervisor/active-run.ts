/**
 * One run under way, from a living process to its outcome in the store.
 *
 *   watching ──result──▶ finishing ──exit──▶ ended
 *      │                     │                 ▲
 *      └──stop / watchdog────┴──▶ stopping ────┘
 *
 * It reads what Claude writes from the run's own file, never from a pipe: so it can as well follow a process that was
 * started by a supervisor that has died, or read to the end what a dead process left.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { ordersFor } from '../bridge/attending.ts';
import { isPassingTrouble } from '../bridge/bridge.ts';
import { checkLease } from '../bridge/lease.ts';
import { recordQuotas } from '../bridge/quota.ts';
import { type EndedRun, endRun, recordDelivered, recordLive, recordReady } from '../bridge/runs.ts';
import { CODE_SERVER } from '../claude/command-line.ts';
import { RUN_MARK } from '../claude/environment.ts';
import { interruptRequest, userMessage } from '../claude/input.ts';
import { classify } from '../claude/outcome.ts';
import { readQuotas } from '../claude/quota.ts';
import { NOTHING_READ, type Reading, readOn } from '../claude/reading.ts';
import { type ClaudeEvent, type Init, readEvent } from '../claude/stream.ts';
import { type Tail, tailFile } from '../claude/tail.ts';
import type { Child, Exit } from '../machine/child.ts';
import type { ProcessIdentity } from '../machine/identity.ts';
import { killProcess, signalProcess } from '../machine/signal.ts';
import { stopChild } from '../machine/stop.ts';
import { sweep } from '../machine/sweep.ts';
import { isCrash } from '../project/retry.ts';
import { describeOutcome, EMPTY_LIVE_STATE, type LiveState, type Outcome, type Run } from '../project/run.ts';
import type { Context } from './context.ts';
import { fingerprint } from './fingerprint.ts';
import { lastLines } from './last-lines.ts';
import { overCap } from './output-cap.ts';
import { patiently } from './patience.ts';
import { type RunFiles, runFiles } from './run-files.ts';
import { isInPrompt, promptId } from './run-process.ts';
import { judge, type Limits } from './watchdog.ts';

export interface RunListener {
  /** The run has written something into the history. */
  changed(): void;
  /** The model has answered this run: the account and the service are well. */
  answered(): void;
}

/** A process to follow; one that is not our child has no input. */
export type Followed = Pick<Child, 'identity' | 'write' | 'endInput' | 'exited' | 'family'>;

export interface RunSetting {
  readonly run: Run;
  readonly resumed: boolean;
  readonly runTimeoutMs: number;
  readonly budgetUsd: number | null;
  /** What earlier runs of the same session have cost: newer versions of Claude report the sum. */
  readonly sessionSpentUsd: number;
  readonly listener: RunListener;
}

const GRACE_MS = { interrupt: 3_000, int: 3_000, term: 3_000 };
const SWEEP_GRACE_MS = 2_000;
const WATCH_EVERY_MS = 1_000;
const LIVE_EVERY_MS = 500;
const STOOD_STILL_MS = 5_000;

export class ActiveRun {
  readonly run: Run;
  /** Resolves when the run's outcome is in the store. */
  readonly ended: Promise<EndedRun>;

  readonly #context: Context;
  readonly #setting: RunSetting;
  readonly #process: Followed;
  readonly #files: RunFiles;
  readonly #limits: Limits;
  readonly #tail: Tail;
  #spawnedAt: number;
  #lastSignAt: number;
  #finishedAt: number | undefined;
  #said: Reading = NOTHING_READ;
  #endedBecause: Outcome | undefined;
  #stopping: Promise<void> | undefined;
  #shown: LiveState = EMPTY_LIVE_STATE;
  #shownAt = Number.NEGATIVE_INFINITY;
  readonly #sent = new Set<string>();

  constructor(context: Context, setting: RunSetting, process: Followed) {
    this.#context = context;
    this.#setting = setting;
    this.#process = process;
    this.run = setting.run;
    this.#files = runFiles(context.bridge.home, this.run.id);
    const { config } = context;
    this.#limits = {
      startMs: config.start_timeout,
      silenceMs: config.silence_timeout,
      toolMs: config.tool_timeout,
      runMs: setting.runTimeoutMs,
      exitMs: config.exit_timeout,
    };
    this.#tail = tailFile(this.#files.output, context.clock);
    this.#spawnedAt = context.clock.monotonic();
    this.#lastSignAt = this.#spawnedAt;
    this.ended = this.#follow();
  }

  get identity(): ProcessIdentity {
    return this.#process.identity;
  }

  /** Does what the person has asked for since the last look: cancel, or hand over messages. */
  async attend(): Promise<void> {
    const { cancelled, messages } = await ordersFor(this.#context.bridge, this.run);
    if (cancelled) return this.stop({ kind: 'cancelled' });
    for (const message of messages) {
      if (this.#sent.has(message.id) || isInPrompt(message, this.run)) continue;
      if (this.#process.write(userMessage(message.message, message.id))) this.#sent.add(message.id);
    }
  }

  /** Ends the run, gently first; `because` becomes its outcome unless the work was submitted before. */
  async stop(because: Outcome | undefined): Promise<void> {
    this.#endedBecause ??= because;
    this.#stopping ??= this.#endProcess();
    await this.#stopping;
  }

  async #endProcess(): Promise<void> {
    const { bridge, clock, log, token } = this.#context;
    // A supervisor that stood still and was replaced must not end what its successor has adopted.
    await checkLease(bridge, token);
    const interrupt = () => {
      const sent = this.#process.write(interruptRequest(randomUUID()));
      // After an interrupt Claude waits for the next message; with no more input it exits.
      this.#process.endInput();
      return sent;
    };
    const rung = await stopChild(this.#process, { interrupt, graceMs: GRACE_MS, clock });
    const forced = rung === 'SIGKILL' || rung === 'not-ended';
    log[forced ? 'warn' : 'debug']('run.stopped', { run: this.run.id, by: rung });
  }

  async #follow(): Promise<EndedRun> {
    const watching = new AbortController();
    const watched = this.#watch(watching.signal);
    const exited = this.#process.exited.then((exit) => {
      watching.abort();
      this.#tail.end();
      return exit;
    });
    // Together: a part that fails is not waited for until the others are done.
    const [exit] = await Promise.all([exited, this.#read(), watched]);
    return this.#end(exit);
  }

  async #read(): Promise<void> {
    for await (const line of this.#tail.lines()) await this.#take(line);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock, config } = this.#context;
    for (let last = clock.monotonic(); !signal.aborted; last = clock.monotonic()) {
      await clock.sleep(WATCH_EVERY_MS, signal);
      if (signal.aborted || this.#stopping) continue;
      this.#forgive(clock.monotonic() - last - WATCH_EVERY_MS);
      await this.#showLive();
      const tooLarge = await overCap(this.#files, config.run_output_max_mb);
      if (tooLarge) await this.#cutOff(tooLarge);
      const verdict = judge(
        {
          spawnedAt: this.#spawnedAt,
          lastSignAt: this.#lastSignAt,
          started: this.#said.init !== undefined,
          usingTool: this.#said.progress.open.size > 0,
          finishedAt: this.#finishedAt,
        },
        this.#limits,
        clock.monotonic(),
      );
      if (verdict.late) await this.stop(verdict.outcome);
    }
  }

  /** At once, not step by step: a flood costs disk with every second. */
  async #cutOff(because: Outcome): Promise<void> {
    const { bridge, log, token } = this.#context;
    await checkLease(bridge, token);
    log.warn('run.cut_off', { run: this.run.id, file: this.#files.output }, describeOutcome(because));
    this.#endedBecause ??= because;
    this.#stopping ??= killProcess(this.#process.identity);
    await this.#stopping;
  }

  /** Time in which this process stood still, as in a suspended machine, is not held against Claude. */
  #forgive(lateMs: number): void {
    if (lateMs < STOOD_STILL_MS) return;
    this.#spawnedAt += lateMs;
    this.#lastSignAt += lateMs;
    if (this.#finishedAt !== undefined) this.#finishedAt += lateMs;
  }

  async #take(line: string): Promise<void> {
    const { clock } = this.#context;
    this.#lastSignAt = clock.monotonic();
    const event = readEvent(line);
    if (event === undefined) return;
    const isFirst = this.#said.init === undefined;
    this.#said = readOn(this.#said, event, clock.now().toISOString());
    await this.#react(event, isFirst);
    await this.#showLive();
  }

  async #react(event: ClaudeEvent, isFirst: boolean): Promise<void> {
    switch (event.kind) {
      case 'init':
        // Told to stop, Claude would still begin a turn for a message that waited: it is to do nothing more.
        if (this.#stopping) {
          await signalProcess(this.#process.identity, 'SIGTERM');
          return;
        }
        this.#finishedAt = undefined;
        return isFirst ? this.#checkHandshake(event.init) : undefined;
      case 'taken_in':
        return this.#delivered(event.uuid);
      case 'rate_limit':
        return this.#reading(
          recordQuotas(
            this.#context.bridge,
            this.#context.token,
            readQuotas(event.info, this.#context.clock.now()),
          ),
        );
      case 'assistant':
        if (event.error === undefined) this.#setting.listener.answered();
        return;
      case 'result':
        this.#finishedAt = this.#context.clock.monotonic();
        // Closing the input lets Claude finish what it was told meanwhile, and then exit.
        this.#process.endInput();
        return;
    }
  }

  /** A run counts only once our tools are connected: without them Claude works on, and nobody hears of it. */
  async #checkHandshake(init: Init): Promise<void> {
    const status = init.mcp_servers.find(({ name }) => name === CODE_SERVER)?.status ?? 'not listed';
    if (status !== 'connected') {
      // At once: the first request to the model follows within some 50 ms.
      this.#endedBecause ??= { kind: 'tools_missing', status };
      await killProcess(this.#process.identity);
      return;
    }
    // An adopted run's file is read from its beginning: what our predecessor recorded is not news.
    if (this.run.readyAt !== null) return;
    const facts = { model: init.model, claudeVersion: init.claude_code_version };
    await patiently(this.#context, () =>
      recordReady(this.#context.bridge, this.#context.token, this.run, facts),
    );
    this.#setting.listener.changed();
  }

  async #delivered(uuid: string): Promise<void> {
    const { bridge, token } = this.#context;
    await patiently(this.#context, async () => {
      if (uuid !== promptId(this.run)) return recordDelivered(bridge, token, this.run, [uuid]);
      const { messages } = await ordersFor(bridge, this.run);
      const inPrompt = messages.filter((message) => isInPrompt(message, this.run)).map(({ id }) => id);
      return recordDelivered(bridge, token, this.run, inPrompt);
    });
  }

  /** Stores what Claude is doing now, unless that is unchanged or was stored a moment ago. */
  async #showLive(): Promise<void> {
    const { bridge, clock, token } = this.#context;
    const { live } = this.#said.progress;
    const now = clock.monotonic();
    if (sameToReaders(live, this.#shown) || now - this.#shownAt < LIVE_EVERY_MS) return;
    this.#shown = live;
    this.#shownAt = now;
    await this.#reading(recordLive(bridge, token, this.run, live));
  }

  /** A reading that cannot be stored now is followed by a newer one. */
  async #reading(write: Promise<void>): Promise<void> {
    await write.catch((error: unknown) => {
      if (!isPassingTrouble(error)) throw error;
    });
  }

  async #end(exit: Exit): Promise<EndedRun> {
    const { bridge, clock, config, log, token } = this.#context;
    const { identity } = this.#process;
    const family = await this.#process.family();
    const mark = { name: RUN_MARK, value: this.run.id };
    const leftovers = await sweep({ root: identity, mark, family, graceMs: SWEEP_GRACE_MS, clock });
    for (const { pid, name } of leftovers) log.warn('run.leftover', { run: this.run.id, pid, name });
    const skipped = this.#tail.skipped();
    if (skipped > 0) log.warn('run.lines_skipped', { run: this.run.id, lines: skipped });

    const { init, result, error, rateLimit } = this.#said;
    const outcome = classify({
      ended: this.#endedBecause,
      started: init !== undefined,
      resumed: this.#setting.resumed,
      result,
      error,
      rateLimit,
      // One that was ended for not going after its last word: how it went says nothing.
      exit: this.#stopping && !this.#endedBecause ? { code: null, signal: null } : exit,
      cut: this.#tail.cut(),
      stderr: await lastLines(this.#files.errors),
      model: this.run.model ?? 'default',
      budgetUsd: this.#setting.budgetUsd,
    });
    await rm(this.#files.mcpConfig, { force: true });
    const costUsd = this.#cost();
    const live = { ...this.#said.progress.live, currentTool: null, costUsd };
    const ending = {
      costUsd,
      live,
      random: Math.random(),
      fingerprint: isCrash(outcome.kind) ? await fingerprint(this.run.workspace) : null,
      resumeNotBefore: config.resume_not_before ?? null,
    };
    return patiently(this.#context, () => endRun(bridge, token, this.run, outcome, ending));
  }

  /**
   * What this run has cost, in US dollars. Newer versions report the whole session's cost on resume, older ones only
   * the process's own (seen: 2.1.329 and 2.1.197).
   */
  #cost(): number {
    const total = this.#said.result?.total_cost_usd ?? 0;
    const before = this.#setting.sessionSpentUsd;
    return total >= before ? total - before : total;
  }
}

/** The time of the last sign alone is not worth a write each line: it is stored with the next change, or each minute. */
function sameToReaders(a: LiveState, b: LiveState): boolean {
  const sameMinute = a.lastSignAt?.slice(0, 16) === b.lastSignAt?.slice(0, 16);
  return sameMinute && a.currentTool === b.currentTool && a.turns === b.turns && a.todosDone === b.todosDone;
}
