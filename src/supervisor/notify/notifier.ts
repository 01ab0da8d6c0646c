/**
 * Tells people what waits for them: reads the history, and messages, from cursors of its own, fills the outbox, and sends what is due.
 * It goes on beside the supervisor's work: each receiver has one try under way at most, and none delays another.
 */
import { watchChanges } from '../../bridge/changes.ts';
import { dropPushDevice, pushState } from '../../bridge/push-devices.ts';
import { resumeNotifications, syncReceivers } from '../../bridge/receivers.ts';
import { recordMessages } from '../../bridge/record-messages.ts';
import { forgetTimesToCome, recordNews, recordReminders } from '../../bridge/record-news.ts';
import { claimNotification, nextNotificationTime, recordDelivery } from '../../bridge/send-notifications.ts';
import { hasPush, type Target, targetsOf } from '../../config-targets.ts';
import type { Delivery, Notice } from '../../project/notice.ts';
import type { Context, SendNotice } from '../context.ts';
import { retryTransient } from '../transient.ts';
import { Waker } from '../waker.ts';
import { digestOf, Outlet } from './outlet.ts';

export class Notifier {
  readonly #context: Context;
  readonly #sendNotice: SendNotice;
  #outlets: readonly Outlet[] = [];
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #working: Promise<void> | undefined;
  /** Undefined until it works. */
  #waker: Waker | undefined;
  /** The first failure to record what came of a try. */
  #failure: { readonly error: unknown } | undefined;
  /** The time of day of the pass before: one that is earlier was set back. */
  #before = 0;

  constructor(context: Context, sendNotice: SendNotice) {
    this.#context = context;
    this.#sendNotice = sendNotice;
  }

  /** Works until it is closed. Its failure is that of the supervisor. */
  work(): Promise<void> {
    this.#working ??= this.#work();
    return this.#working;
  }

  /** Ends what is being sent: the next supervisor tries it once more, under the same id. */
  async close(): Promise<void> {
    this.#closing.abort();
    // Whoever waits for `work` hears of its failure.
    await this.#working?.catch(() => undefined);
  }

  async #work(): Promise<void> {
    const { bridge, clock, config, lease } = this.#context;
    await retryTransient(this.#context, async () => {
      await this.#setOutlets(await this.#targets());
      await resumeNotifications(lease);
    });
    if (config.notify.length === 0) return;
    const waker = new Waker(watchChanges(bridge, 'anyone'), clock);
    this.#waker = waker;
    const { signal } = this.#closing;
    try {
      while (!signal.aborted) {
        if (this.#failure) throw this.#failure.error;
        const wakeAt = await retryTransient(this.#context, () => this.#pass());
        await waker.wait(signal, wakeAt);
      }
    } finally {
      await Promise.allSettled(this.#underWay);
      waker.close();
    }
  }

  /** Whom to tell now: a browser may ask at any time, and be signed out. */
  async #targets(): Promise<Target[]> {
    const { bridge, config } = this.#context;
    return targetsOf(config.notify, hasPush(config.notify) ? await pushState(bridge) : NO_DEVICES);
  }

  /** Makes the store know them. One whose settings are the same goes on, and so does one that is being told. */
  async #setOutlets(targets: readonly Target[]): Promise<void> {
    const { clock, lease } = this.#context;
    await syncReceivers(
      lease,
      targets.map((target) => ({
        name: target.name,
        via: target.via,
        digest: digestOf(target),
        wantsMessages: target.kinds.includes('message'),
        device: target.via === 'push' ? target.device.name : null,
      })),
    );
    this.#outlets = targets.map((target) => {
      const before = this.#outlets.find(({ receiver }) => receiver.name === target.name);
      return before && (before.isBusy || before.digest === digestOf(target))
        ? before
        : new Outlet(target, clock);
    });
  }

  async #followDevices(): Promise<void> {
    const { config } = this.#context;
    if (!hasPush(config.notify)) return;
    const targets = await this.#targets();
    const known = this.#outlets.map(({ digest }) => digest);
    if (targets.map(digestOf).join() !== known.join()) await this.#setOutlets(targets);
  }

  /** Records all that has happened, then begins to send what is due. Returns when something is due next. */
  async #pass(): Promise<Date | undefined> {
    const { bridge, clock, config, lease } = this.#context;
    await this.#followDevices();
    const receivers = this.#outlets.map(({ receiver }) => receiver);
    const now = clock.now().getTime();
    if (now < this.#before) await forgetTimesToCome(lease);
    this.#before = now;
    while (!this.#closing.signal.aborted && (await recordNews(lease, receivers)));
    while (!this.#closing.signal.aborted && (await recordMessages(lease, receivers)));
    await recordReminders(lease, receivers);
    for (const outlet of this.#outlets) {
      if (!outlet.isFree()) continue;
      const notice = await claimNotification(lease, outlet.receiver, { holdsRelay: config.relay.hold });
      if (notice) this.#send(outlet, notice);
    }
    const free = this.#outlets.filter((outlet) => outlet.isFree());
    const times = [
      await nextNotificationTime(
        bridge,
        free.map(({ receiver }) => receiver),
      ),
      ...this.#outlets.map((outlet) => outlet.freeAt()),
    ];
    return times.filter((time) => time !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];
  }

  #send(outlet: Outlet, notice: Notice): void {
    const sending = this.#deliver(outlet, notice)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#underWay.delete(sending);
        outlet.end();
        this.#waker?.wake();
      });
    outlet.begin(notice);
    this.#underWay.add(sending);
  }

  async #deliver(outlet: Outlet, notice: Notice): Promise<void> {
    const { log, lease } = this.#context;
    const { settings, receiver } = outlet;
    const { signal } = this.#closing;
    const facts = { receiver: receiver.name, via: receiver.via, kind: notice.kind, id: notice.id };
    const sent = await this.#sendNotice(settings, notice, signal);
    const delivery = sent.kind === 'gone' ? await this.#leave(settings, sent) : sent;
    if (delivery.kind === 'stopped') return;
    if (delivery.kind === 'failed' && delivery.retryAfterMs !== null) outlet.pause(delivery.retryAfterMs);
    if (delivery.kind === 'sent' && notice.kind === 'digest') outlet.gather();
    await retryTransient(this.#context, () => recordDelivery(lease, receiver, notice, delivery));
    if (delivery.kind === 'sent') log.info('notify.sent', facts);
    else log.warn(`notify.${delivery.kind}`, facts, delivery.problem);
  }

  /** A device that is gone is forgotten. Where the browser has named another address meanwhile, it is told there. */
  async #leave(target: Target, gone: Delivery & { readonly kind: 'gone' }): Promise<Delivery> {
    if (target.via !== 'push') return gone;
    const isDropped = await retryTransient(this.#context, () =>
      dropPushDevice(this.#context.bridge, target.device),
    );
    return isDropped ? gone : { kind: 'failed', problem: gone.problem, retryAfterMs: null };
  }
}

const NO_DEVICES = { devices: [], keys: { publicKey: '', privateKey: '' } };
