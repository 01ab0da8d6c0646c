/**
 * Hears what Claude says during a run, and does at once what follows from it. It reads the run's own file, never a
 * pipe: so it can as well follow a process that was started by a supervisor that has died, or read to the end what a
 * dead process left.
 */
import { recordQuotas } from '../../bridge/quota.ts';
import { expectedFolder } from '../../bridge/run-folder.ts';
import { recordAnswered, recordReady } from '../../bridge/runs.ts';
import { whatIsWrong } from '../../claude/handshake.ts';
import { readQuotas } from '../../claude/quota.ts';
import { NOTHING_READ, type Reading, readOn } from '../../claude/reading.ts';
import { costOf } from '../../claude/spending.ts';
import { type ClaudeEvent, type Init, readEvent } from '../../claude/stream.ts';
import type { Tail } from '../../claude/tail.ts';
import type { Context } from '../context.ts';
import { leniently, patiently } from '../patience.ts';
import type { RunSetting } from './context.ts';
import type { HeldProcess } from './held-process.ts';
import type { LiveDisplay } from './live-state.ts';
import type { Steering } from './steering.ts';
import type { RunStop } from './stop.ts';
import type { Vitals } from './watchdog.ts';

/** The name of the model in what Claude Code itself writes. */
const SYNTHETIC = '<synthetic>';

interface Parts {
  readonly process: HeldProcess;
  readonly stop: RunStop;
  readonly live: LiveDisplay;
  readonly steering: Steering;
}

export class RunReader {
  readonly #context: Context;
  readonly #setting: RunSetting;
  readonly #parts: Parts;
  #spawnedAt: number;
  #lastSignAt: number;
  #finishedAt: number | undefined;
  #started = false;
  #hasPartials = false;
  #said: Reading = NOTHING_READ;
  #answered: boolean;

  constructor(context: Context, setting: RunSetting, parts: Parts) {
    this.#context = context;
    this.#setting = setting;
    this.#parts = parts;
    this.#spawnedAt = context.clock.monotonic();
    this.#lastSignAt = this.#spawnedAt;
    this.#answered = setting.run.answeredAt !== null;
  }

  /** All that was said so far. */
  get said(): Reading {
    return this.#said;
  }

  /** Whether the output has lines that are worth nothing once the run is over. */
  get hasPartials(): boolean {
    return this.#hasPartials;
  }

  get vitals(): Omit<Vitals, 'submittedAt'> {
    return {
      spawnedAt: this.#spawnedAt,
      lastSignAt: this.#lastSignAt,
      started: this.#started,
      usingTool: this.#said.progress.open.size > 0,
      finishedAt: this.#finishedAt,
    };
  }

  /** Takes `ms` out of every time that is measured. */
  forgive(ms: number): void {
    this.#spawnedAt += ms;
    this.#lastSignAt += ms;
    if (this.#finishedAt !== undefined) this.#finishedAt += ms;
  }

  /** Reads until the end of the file, once that is known to be the last. */
  async read(tail: Tail): Promise<void> {
    for await (const line of tail.lines()) await this.#take(line);
  }

  async #take(line: string): Promise<void> {
    const { clock } = this.#context;
    this.#lastSignAt = clock.monotonic();
    this.#started = true;
    const event = readEvent(line);
    if (event === undefined) return;
    const isFirst = this.#said.init === undefined;
    this.#said = readOn(this.#said, event, clock.now().toISOString());
    await this.#react(event, isFirst);
    const cost = costOf(this.#said.spending, this.#setting.sessionSpentUsd);
    await this.#parts.live.show({ ...this.#said.progress.live, costUsd: cost.usd ?? 0 });
  }

  async #react(event: ClaudeEvent, isFirst: boolean): Promise<void> {
    const { bridge, clock, token } = this.#context;
    const { process, steering, stop } = this.#parts;
    switch (event.kind) {
      case 'init':
        if (stop.begun) return stop.insist();
        this.#finishedAt = undefined;
        return isFirst ? this.#checkHandshake(event.init) : undefined;
      case 'partial':
      case 'usage':
        this.#hasPartials = true;
        return;
      case 'taken_in':
        return steering.takenIn(event.uuid);
      case 'rate_limit':
        return leniently(recordQuotas(bridge, token, readQuotas(event.info, clock.now())));
      case 'assistant':
        return event.error === undefined && event.model !== SYNTHETIC ? this.#noteAnswer() : undefined;
      case 'result':
        this.#finishedAt = clock.monotonic();
        // Closing the input lets Claude finish what it was told meanwhile, and then exit.
        return process.endInput();
    }
  }

  /** The first answer of the model: it is kept before anybody acts on it. */
  async #noteAnswer(): Promise<void> {
    if (this.#answered) return;
    this.#answered = true;
    const { bridge, token } = this.#context;
    const { listener, run } = this.#setting;
    await patiently(this.#context, () => recordAnswered(bridge, token, run));
    listener.answered();
  }

  async #checkHandshake(init: Init): Promise<void> {
    const { bridge, config, token } = this.#context;
    const { listener, run } = this.#setting;
    // An adopted run's file is read from its beginning: what our predecessor recorded is not news.
    if (run.readyAt !== null) return;
    const wrong = await whatIsWrong(init, {
      folder: await expectedFolder(bridge.home, run),
      disallowedTools: config.disallowed_tools,
    });
    if (wrong) return this.#parts.stop.beforeItBegins(wrong);
    const facts = { model: init.model, claudeVersion: init.claude_code_version };
    await patiently(this.#context, () => recordReady(bridge, token, run, facts));
    listener.changed();
  }
}
