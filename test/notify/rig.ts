/** A supervisor's notifier on the bridge of a rig, with time that a test moves and receivers that are real. */

import { configOfText } from '../../src/config.ts';
import type { Target } from '../../src/config-targets.ts';
import type { Environment } from '../../src/environment.ts';
import { createSender } from '../../src/notify/send.ts';
import type { Delivery, Notice } from '../../src/project/notice.ts';
import { Notifier } from '../../src/supervisor/notify/notifier.ts';
import { supervised, TOKEN } from '../bridge/steps.ts';
import { eventually } from '../eventually.ts';
import type { Rig } from '../rig.ts';

export interface Notifying extends AsyncDisposable {
  readonly rig: Rig;
  readonly log: string[];
  /**
   * Starts a notifier with these receivers, and waits until it waits. Ends the one before.
   *
   * @param told How many they stand for, where devices are among them.
   */
  start(receivers: readonly object[], more?: object, told?: number): Promise<void>;
  /** Ends it as a supervisor does that stops. */
  stop(): Promise<void>;
  /** The outbox: `kind state` of each, oldest first. */
  outbox(): string[];
  /** Waits until the outbox is this. */
  until(...rows: string[]): Promise<void>;
}

export interface NotifyingOptions {
  readonly env?: Environment;
  /** In the place of the real sender. */
  readonly send?: (receiver: Target, notice: Notice, signal: AbortSignal) => Promise<Delivery>;
}

export async function notifying({ env = {}, send }: NotifyingOptions = {}): Promise<Notifying> {
  const rig = await supervised();
  const log: string[] = [];
  const write = (event: string, fields: object = {}, message = '') =>
    void log.push(`${event} ${JSON.stringify(fields)} ${message}`.trim());
  const logger = { error: write, warn: write, info: write, debug: write, child: () => logger };
  let notifier: Notifier | undefined;
  let working: Promise<void> | undefined;
  const outbox = () => rig.rowsOf('notifications').map(({ kind, state }) => `${kind} ${state}`);
  const self: Notifying = {
    rig,
    log,
    async start(receivers, more = {}, told = receivers.length) {
      await self.stop();
      const config = configOfText(JSON.stringify({ notify: receivers, ...more }), 'config.json', {});
      const publicUrl = config.http.public_url;
      const context = {
        bridge: rig.bridge,
        config,
        env,
        clock: rig.clock,
        log: logger,
        lease: { bridge: rig.bridge, token: TOKEN },
        selfCommand: [],
        degradedReason: () => null,
        stopping: new AbortController().signal,
      };
      notifier = new Notifier(context, send ?? createSender({ env, clock: rig.clock, publicUrl }));
      working = notifier.work();
      working.catch(() => undefined);
      await eventually(() => {
        if (rig.rowsOf('receivers').length !== told) throw new Error('not started yet');
      }, 5);
    },
    async stop() {
      await notifier?.close();
      await working;
      notifier = undefined;
    },
    outbox,
    until: (...rows) =>
      eventually(() => {
        const now = outbox();
        if (JSON.stringify(now) !== JSON.stringify(rows)) throw new Error(`the outbox is ${now.join(', ')}`);
      }, 5),
    async [Symbol.asyncDispose]() {
      await self.stop();
      await rig[Symbol.asyncDispose]();
    },
  };
  return self;
}
