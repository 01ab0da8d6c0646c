/**
 * Decides whether a new run may start now. There are two kinds of holds. A run or a person sets the first kind; a time,
 * a probe or `resume` ends it. The second kind follows from conditions (claude, disk, quiet hours, the reserve), which
 * are checked each time; the hold is set or lifted to match.
 */
import { currentHolds, imposeHold, liftHold } from '../bridge/holds.ts';
import { countWaiting } from '../bridge/queries.ts';
import { currentQuotas } from '../bridge/quota.ts';
import { locateClaude } from '../claude/locate.ts';
import { sandboxHere } from '../machine/sandbox-probe.ts';
import { endOfPeriod } from '../project/budget.ts';
import { dollars } from '../project/costs.ts';
import { type Hold, type HoldKind, isOver, PROBED_HOLDS, type StandingHold } from '../project/hold.ts';
import { spentReserve } from '../project/quota.ts';
import { requiresSandbox } from '../project/work-rules.ts';
import { spentBudget } from './budgets.ts';
import type { Context } from './context.ts';
import { FamilyProbes } from './family-probes.ts';
import { type QuietHours, quietHours } from './quiet-hours.ts';
import { whyNoRoom } from './room.ts';

export type Admission =
  | ({ readonly may: 'start' } & HeldWork)
  /** One run may start, to find out whether these holds are over. */
  | ({ readonly may: 'probe'; readonly holds: readonly StandingHold[] } & HeldWork)
  | { readonly may: 'wait' };

/** Which work waits although other work may start. */
interface HeldWork {
  readonly heldFamilies: readonly string[];
  /** Only work that was begun goes on. */
  readonly isPendingHeld: boolean;
  /** Only work that needs no sandbox goes on. */
  readonly isSandboxMissing: boolean;
}

/** Sets and lifts the holds that follow from conditions, and says what may start while the others stand. */
export class Gatekeeper {
  readonly #context: Context;
  readonly #quiet: QuietHours;
  /** Probes of model families whose limit has ended. The scheduler reports how they go. */
  readonly families = new FamilyProbes();

  constructor(context: Context) {
    this.#context = context;
    this.#quiet = quietHours(context.config.quiet_hours);
  }

  /**
   * What may start now. Ends the holds whose time is over, except those that a probe must confirm. Throws StoreError
   * and LeaseLost.
   */
  async admission(): Promise<Admission> {
    await this.#updateConditionHolds();
    const { bridge, clock, lease } = this.#context;
    const now = clock.now().toISOString();
    const holds = await currentHolds(bridge);
    const over = holds.filter((hold) => isOver(hold, now));
    for (const hold of over.filter(endsByItself)) {
      await liftHold(lease, hold);
      if (hold.scope !== '') this.families.expect(hold.scope);
    }
    const standing = holds.filter((hold) => !over.includes(hold));
    const isPendingHeld = standing.some(({ kind }) => kind === 'unreviewed');
    const isSandboxMissing = standing.some(({ kind }) => kind === 'sandbox_missing');
    const some = { isPendingHeld, isSandboxMissing };
    const others = standing.filter(({ kind }) => !HOLDS_OF_SOME.includes(kind));
    if (others.some(({ scope }) => scope === '')) return { may: 'wait' };
    const heldFamilies = [...others.map(({ scope }) => scope), ...this.families.probing];
    const toProbe = over.filter((hold) => !endsByItself(hold));
    // The run that probes decides; until then nobody else starts.
    if (toProbe.some(({ probeRunId }) => probeRunId !== null)) return { may: 'wait' };
    return toProbe.length > 0
      ? { may: 'probe', holds: toProbe, heldFamilies, ...some }
      : { may: 'start', heldFamilies, ...some };
  }

  /** When the next hold ends; undefined when none of them has an end. */
  async nextEnd(): Promise<Date | undefined> {
    const now = this.#context.clock.now().toISOString();
    const standing = (await currentHolds(this.#context.bridge)).filter((hold) => !isOver(hold, now));
    const first = standing.flatMap(({ until }) => until ?? []).sort()[0];
    return first === undefined ? undefined : new Date(first);
  }

  async #updateConditionHolds(): Promise<void> {
    const { bridge, lease } = this.#context;
    const holds = await currentHolds(bridge);
    for (const [kind, check] of this.#conditions) {
      const found = await check();
      const held = holds.find((hold) => hold.kind === kind);
      // A run that could not start Claude, or had no room, sets a hold of the same kind. A check that finds nothing
      // does not lift it: the interpreter of Claude may be missing, or a quota reached.
      if (!found && held?.source === 'conditions') await liftHold(lease, held);
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

  readonly #conditions: readonly (readonly [HoldKind, () => Condition | Promise<Condition>])[] = [
    ['claude_missing', () => this.#claudeMissing()],
    ['disk_low', () => this.#diskLow()],
    ['quiet_hours', () => this.#quietNow()],
    ['reserve', () => this.#reserveSpent()],
    ['budget', () => this.#budgetSpent()],
    ['sandbox_missing', () => this.#sandboxMissing()],
    ['unreviewed', () => this.#tooMuchUnreviewed()],
  ];

  #claudeMissing(): Condition {
    const claude = locateClaude(this.#context.config.claude, this.#context.env);
    return claude.found ? undefined : { reason: claude.message, until: null };
  }

  async #sandboxMissing(): Promise<Condition> {
    const { clock, config, env } = this.#context;
    if (!requiresSandbox(config)) return undefined;
    const probe = await sandboxHere(env, clock.monotonic());
    return probe.works
      ? undefined
      : { reason: `'sandbox' is required, and there is none: ${probe.reason}`, until: null };
  }

  async #diskLow(): Promise<Condition> {
    const reason = await whyNoRoom(this.#context.bridge.stateDir, this.#context.config.disk_min_mb);
    return reason === undefined ? undefined : { reason, until: null };
  }

  #quietNow(): Condition {
    const quiet = this.#quiet.quietAt(this.#context.clock.now());
    const reason = 'quiet_hours is in effect';
    return quiet && { reason, until: quiet.until?.toISOString() ?? null };
  }

  async #budgetSpent(): Promise<Condition> {
    const { bridge, clock, config } = this.#context;
    const spent = await spentBudget(bridge, config);
    if (!spent) return undefined;
    const { limitUsd, scope } = spent;
    const reason = `the budget of the ${scope}, ${dollars(limitUsd)}, is spent (budget.${scope}_usd)`;
    return { reason, until: endOfPeriod(scope, clock.now()).toISOString() };
  }

  async #tooMuchUnreviewed(): Promise<Condition> {
    const { bridge, config } = this.#context;
    const { max_unreviewed: most } = config;
    if (most === undefined || (await countWaiting(bridge)) < most) return undefined;
    const reason = `results wait for your decision, as many as max_unreviewed allows: ${most}`;
    return { reason, until: null };
  }

  async #reserveSpent(): Promise<Condition> {
    const { bridge, clock, config } = this.#context;
    if (config.usage_reserve_percent === 0) return undefined;
    const spent = spentReserve(await currentQuotas(bridge), config.usage_reserve_percent, clock.now());
    if (!spent) return undefined;
    // The share that is used is left out: running work would change the reason with every answer.
    const reason = `only your reserve (usage_reserve_percent: ${config.usage_reserve_percent} %) of the ${spent.window} window is left`;
    return { reason, until: spent.resetsAt };
  }
}

type Condition = { readonly reason: string; readonly until: string | null } | undefined;

/** Holds that do not stop everything. */
const HOLDS_OF_SOME: readonly HoldKind[] = ['unreviewed', 'sandbox_missing'];

function endsByItself(hold: Hold): boolean {
  return !PROBED_HOLDS.includes(hold.kind) || hold.scope !== '';
}
