/**
 * Whether a new run may start now. Holds of two kinds: those a run or a person has set, which end with time, a probe or
 * a word; and those that follow from how things are (claude, disk, the owner's hours and reserve), which are looked at
 * anew each time and set or lifted accordingly.
 */
import { currentHolds, imposeHold, liftHold } from '../bridge/holds.ts';
import { currentQuotas } from '../bridge/quota.ts';
import { locateClaude } from '../claude/locate.ts';
import { type Hold, type HoldKind, isOver, PROBED_HOLDS } from '../project/hold.ts';
import { spentReserve } from '../project/quota.ts';
import type { Context } from './context.ts';
import { FamilyProbes } from './family-probes.ts';
import { type QuietHours, quietHours } from './quiet-hours.ts';
import { whyNoRoom } from './room.ts';

export type Admission =
  | { readonly may: 'start'; readonly heldFamilies: readonly string[] }
  /** One run may start, to find out whether these holds are over. */
  | { readonly may: 'probe'; readonly holds: readonly Hold[]; readonly heldFamilies: readonly string[] }
  | { readonly may: 'wait' };

export class Gatekeeper {
  readonly #context: Context;
  readonly #quiet: QuietHours;
  /** Runs that find out whether the limit of their model family is over; its owner tells of them. */
  readonly families = new FamilyProbes();

  constructor(context: Context) {
    this.#context = context;
    this.#quiet = quietHours(context.config.quiet_hours);
  }

  async admission(): Promise<Admission> {
    await this.#followCircumstances();
    const { bridge, clock, lease } = this.#context;
    const now = clock.now().toISOString();
    const holds = await currentHolds(bridge);
    const over = holds.filter((hold) => isOver(hold, now));
    for (const hold of over.filter(endsByItself)) {
      await liftHold(lease, hold.kind, hold.scope);
      if (hold.scope !== '') this.families.expect(hold.scope);
    }
    const standing = holds.filter((hold) => !over.includes(hold));
    if (standing.some(({ scope }) => scope === '')) return { may: 'wait' };
    const heldFamilies = [...standing.map(({ scope }) => scope), ...this.families.trying];
    const toProbe = over.filter((hold) => !endsByItself(hold));
    return toProbe.length > 0
      ? { may: 'probe', holds: toProbe, heldFamilies }
      : { may: 'start', heldFamilies };
  }

  /** When the first hold that still stands ends. */
  async nextEnd(): Promise<Date | undefined> {
    const now = this.#context.clock.now().toISOString();
    const standing = (await currentHolds(this.#context.bridge)).filter((hold) => !isOver(hold, now));
    const first = standing.flatMap(({ until }) => until ?? []).sort()[0];
    return first === undefined ? undefined : new Date(first);
  }

  async #followCircumstances(): Promise<void> {
    const { bridge, lease } = this.#context;
    const holds = await currentHolds(bridge);
    for (const [kind, look] of this.#circumstances) {
      const found = await look();
      const held = holds.find((hold) => hold.kind === kind);
      // A run that could not start Claude, or had no room, holds the others for a while. That a look shows nothing is no
      // reason to try again at once: the interpreter of Claude may be gone, or a quota be reached.
      if (!found && held?.source === 'conditions') await liftHold(lease, kind);
      if (!found || (held?.reason === found.reason && held.until === found.until)) continue;
      await imposeHold(lease, {
        kind,
        scope: '',
        ...found,
        since: this.#context.clock.now().toISOString(),
        source: 'conditions',
      });
    }
  }

  readonly #circumstances: readonly (readonly [HoldKind, () => Circumstance | Promise<Circumstance>])[] = [
    ['claude_missing', () => this.#claudeMissing()],
    ['disk_low', () => this.#diskLow()],
    ['quiet_hours', () => this.#quietNow()],
    ['reserve', () => this.#reserveSpent()],
  ];

  #claudeMissing(): Circumstance {
    const claude = locateClaude(this.#context.config.claude, this.#context.env);
    return claude.found ? undefined : { reason: claude.message, until: null };
  }

  async #diskLow(): Promise<Circumstance> {
    const reason = await whyNoRoom(this.#context.bridge.stateDir, this.#context.config.disk_min_mb);
    return reason === undefined ? undefined : { reason, until: null };
  }

  #quietNow(): Circumstance {
    const quiet = this.#quiet.quietAt(this.#context.clock.now());
    const reason = 'these are the quiet hours of the configuration';
    return quiet && { reason, until: quiet.until?.toISOString() ?? null };
  }

  async #reserveSpent(): Promise<Circumstance> {
    const { bridge, clock, config } = this.#context;
    if (config.usage_reserve_percent === 0) return undefined;
    const spent = spentReserve(await currentQuotas(bridge), config.usage_reserve_percent, clock.now());
    if (!spent) return undefined;
    // Without the share that is used: the runs under way would make it a new reason with every answer.
    const reason = `only your reserve (usage_reserve_percent: ${config.usage_reserve_percent} %) of the ${spent.window} window is left`;
    return { reason, until: spent.resetsAt };
  }
}

type Circumstance = { readonly reason: string; readonly until: string | null } | undefined;

function endsByItself(hold: Hold): boolean {
  return !PROBED_HOLDS.includes(hold.kind) || hold.scope !== '';
}
