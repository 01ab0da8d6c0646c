/**
 * The person: sends plans, decides, steers, cancels and retries, by turns from a Desktop and from the command line.
 * Both die at times in mid-call; then the person does what a client does, and makes the same call again.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Row } from '../../src/store/schema.ts';
import { amend } from './amend.ts';
import { Answers } from './answers.ts';
import { Caller, type CallerOptions } from './caller.ts';
import { decide } from './decisions.ts';
import type { Heard } from './desktop.ts';
import { type Journal, lasted, type SentPlan } from './journal.ts';
import { mergeByHand } from './merge-by-hand.ts';
import { steeringMark } from './model.ts';
import { limitOf, raisedLimit } from './money.ts';
import { FLEETING, placeOf, placePath } from './places.ts';
import { planText } from './plan-text.ts';
import type { StoreView } from './store.ts';

export interface PersonOptions extends CallerOptions {
  readonly store: StoreView;
  readonly journal: Journal;
  /** How many plans may be open: some wait while others are worked on. */
  readonly maxOpen: number;
}

export class Person {
  readonly #o: PersonOptions;
  readonly #caller: Caller;
  readonly #answers: Answers;
  /** Projects that something is being done about. */
  readonly #busy = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  #resuming = false;
  #sent = 0;
  #steered = 0;
  /** When the work of a round was first seen to wait. */
  readonly #waitingSince = new Map<string, number>();
  /** Whether a hold for the service is left to its probe. */
  leavesServiceHolds = false;
  /** Whether all that need attention are to be put back: what was in their way is mended. */
  putsAllBack = false;
  /** Whether no more new plans are sent. */
  #calm = false;

  constructor(options: PersonOptions) {
    this.#o = options;
    this.#caller = new Caller(options);
    this.#answers = new Answers({ ...options, caller: this.#caller });
  }

  calm(): void {
    this.#calm = true;
    this.leavesServiceHolds = false;
    this.#caller.calm();
  }

  /** Acts until `stop` aborts; resolves when every call has been answered. */
  async act(stop: AbortSignal): Promise<void> {
    const { random, store } = this.#o;
    while (!stop.aborted) {
      await delay(random.wait(TURN_MS), undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted || this.#underWay.size >= MAX_CONCURRENT) continue;
      const deed = this.#nextDeed(store.projects());
      if (!deed) continue;
      const doing: Promise<void> = deed().finally(() => this.#underWay.delete(doing));
      this.#underWay.add(doing);
    }
    await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    await this.#caller.close();
  }

  #nextDeed(projects: readonly Row<'projects'>[]): (() => Promise<void>) | undefined {
    const { maxOpen, random } = this.#o;
    if (this.#isHeldLong()) return () => this.#resume();
    if (this.putsAllBack) {
      this.putsAllBack = false;
      return () => this.#putAllBack();
    }
    const answer = this.#answers.next();
    if (answer) return answer;
    const free = projects.filter(({ id }) => !this.#busy.has(id));
    const known = free.flatMap((project) => {
      const plan = this.#o.journal.plans.find(({ projectId }) => projectId === project.id);
      return plan ? [{ project, plan }] : [];
    });
    const waiting = known.filter(({ project, plan }) => this.#isToBeDecided(project, plan))[0];
    if (waiting) {
      const decideOrAmend = !this.#calm && random.chance(AMEND) ? amend : decide;
      return () =>
        this.#with(waiting.project, () =>
          decideOrAmend({ ...this.#o, caller: this.#caller }, waiting.project, waiting.plan),
        );
    }
    const stuck = known.filter(
      ({ project: { status, workspace } }) => status === 'attention' && !this.#isBad(workspace),
    )[0];
    if (stuck) return () => this.#with(stuck.project, () => this.#mend(stuck.project, stuck.plan));
    if (this.#calm) return undefined;
    const open = known.filter(({ project: { status } }) => !['complete', 'cancelled'].includes(status));
    const [first, ...others] = open;
    if (first && random.chance(STEER)) {
      const { project } = random.pick([first, ...others]);
      return () => this.#with(project, () => this.#steer(project));
    }
    if (first && random.chance(CANCEL)) {
      const { project } = random.pick([first, ...others]);
      return () => this.#with(project, () => this.#cancel(project, 'no longer wanted'));
    }
    const unanswered = this.#o.journal.plans.filter(
      ({ projectId, refused }) => projectId === undefined && !refused,
    ).length;
    return open.length + unanswered < maxOpen ? () => this.#send() : undefined;
  }

  async #with(project: Row<'projects'>, work: () => Promise<void>): Promise<void> {
    this.#busy.add(project.id);
    await work().finally(() => this.#busy.delete(project.id));
  }

  async #send(): Promise<void> {
    const { random, journal, world } = this.#o;
    this.#sent += 1;
    const tag = `p${this.#sent}`;
    const plan: SentPlan = {
      tag,
      requestId: `soak-send-${tag}`,
      rejections: random.pick([0, 0, 0, 0, 0, 1, 1, 1, 2, 2]),
      deliberationMs: random.chance(0.3) ? DELIBERATION_MS : 0,
      projectId: undefined,
      refused: false,
      retries: 0,
      limitUsd: limitOf(random),
    };
    const workspace = placeOf(this.#sent - 1);
    const markdown = planText({ ...plan, answersItself: random.chance(ANSWERS_ITSELF) });
    const file = join(world.root, `${tag}.md`);
    await writeFile(file, markdown);
    journal.plans.push(plan);
    const sentAt = Date.now();
    const answer = await this.#caller.call({
      tool: 'bridge_send_plan',
      args: { plan_markdown: markdown, request_id: plan.requestId, ...(workspace ? { workspace } : {}) },
      command: [
        ...['send', file, '--json', '--request-id', plan.requestId],
        ...(workspace ? ['--workspace', workspace] : []),
      ],
      repeatable: true,
    });
    if (!answer.answered || !answer.ok) {
      plan.refused = workspace === FLEETING && this.#wasBadSince(workspace, sentAt);
      if (!plan.refused) await this.#refused(`send ${tag}`, answer);
      return;
    }
    plan.projectId = answer.projectId;
  }

  async #mend(project: Row<'projects'>, plan: SentPlan): Promise<void> {
    const { journal, store, world } = this.#o;
    const landing = project.attention_from === 'approved' ? store.landingOf(project.id) : undefined;
    if (landing) await mergeByHand(world.repositories, journal, store.worktreeOf(project.id), landing);
    if (this.#isSpent(project.id) && plan.limitUsd !== undefined)
      return this.#raise(project, plan, plan.limitUsd);
    plan.retries += 1;
    if (plan.retries > MAX_RETRIES) return this.#cancel(project, 'it does not work');
    // Made again after it was carried out, it is refused: the project is in the queue by then.
    await this.#caller.call({
      tool: '',
      args: {},
      command: ['retry', project.id],
      repeatable: true,
    });
  }

  #isSpent(projectId: string): boolean {
    return this.#o.store.runs().findLast((run) => run.project_id === projectId)?.outcome === 'budget_spent';
  }

  async #raise({ id }: Row<'projects'>, plan: SentPlan, before: number): Promise<void> {
    const { random, store, tally } = this.#o;
    // Before it is said: it may hold though nobody hears of it.
    plan.limitUsd = raisedLimit(before, random);
    tally.decide('budget raised');
    const command = ['retry', id, '--budget', String(plan.limitUsd)];
    const answer = await this.#caller.call({ tool: '', args: {}, command, repeatable: true });
    const now = store.projects().find((project) => project.id === id);
    if (answer.answered && answer.ok && now?.budget_usd !== plan.limitUsd)
      await tally.violated(
        'lost',
        `project ${id}: its budget was raised to $${plan.limitUsd}, and is ${now?.budget_usd}`,
      );
  }

  /** What the whole queue stood still for, or one workspace, is mended: one word puts all back. */
  async #putAllBack(): Promise<void> {
    const { store, tally } = this.#o;
    const stuck = store.projects().filter(({ status }) => status === 'attention');
    const answer = await this.#caller.call({
      tool: '',
      args: {},
      command: ['retry', '--all'],
      repeatable: true,
    });
    if (!answer.answered || !answer.ok) return this.#refused('retry --all', answer);
    for (const { id, status, updated_at } of store.projects()) {
      if (status === 'attention' && stuck.some((one) => one.id === id && one.updated_at === updated_at))
        await tally.violated('broken', `project ${id}: retry --all has left it behind`);
    }
  }

  #isToBeDecided({ id, round, status }: Row<'projects'>, { deliberationMs }: SentPlan): boolean {
    if (status !== 'awaiting_approval') return false;
    const key = `${id} ${round}`;
    const since = this.#waitingSince.get(key) ?? Date.now();
    this.#waitingSince.set(key, since);
    return Date.now() - since >= deliberationMs;
  }

  /** Whether this workspace is known to be of no use now. */
  #isBad(path: string): boolean {
    return this.#o.journal.badWorkspaces.some(
      ({ workspace, until }) => workspace === path && until === Number.POSITIVE_INFINITY,
    );
  }

  #wasBadSince(name: string, since: number): boolean {
    const path = placePath(this.#o.world.root, name);
    return this.#o.journal.badWorkspaces.some(
      (bad) => bad.workspace === path && lasted(bad, since, Date.now()),
    );
  }

  /** A limit whose reset was past when it was heard of holds for a minute: nobody who watches waits that long. */
  #isHeldLong(): boolean {
    const left = this.leavesServiceHolds ? 'service_unavailable' : '';
    const holds = this.#o.store.holds().filter(({ kind }) => kind !== left);
    const since = holds.map(({ since }) => Date.parse(since));
    return !this.#resuming && since.some((time) => Date.now() - time > MAX_HOLD_MS);
  }

  async #resume(): Promise<void> {
    this.#resuming = true;
    await this.#caller.call({ tool: '', args: {}, command: ['resume'], repeatable: true });
    this.#resuming = false;
  }

  async #steer({ id }: Row<'projects'>): Promise<void> {
    this.#steered += 1;
    const mark = steeringMark(this.#steered);
    const steering = { projectId: id, text: `Mind ${mark}, please.`, acknowledged: false };
    this.#o.journal.steerings.push(steering);
    const answer = await this.#caller.call({
      tool: 'bridge_steer',
      args: { project_id: id, message: steering.text, request_id: `soak-steer-${this.#steered}` },
      command: ['steer', id, steering.text],
      repeatable: false,
    });
    // Refused when the work was submitted meanwhile: that is no fault.
    steering.acknowledged = answer.answered && answer.ok;
  }

  async #cancel({ id }: Row<'projects'>, reason: string): Promise<void> {
    const answer = await this.#caller.call({
      tool: 'bridge_cancel',
      args: { project_id: id, reason },
      command: ['cancel', id, '--yes', '--reason', reason],
      repeatable: true,
    });
    // Refused when it was completed meanwhile.
    if (answer.answered && answer.ok) this.#o.journal.cancelled.add(id);
  }

  async #refused(what: string, answer: Heard): Promise<void> {
    const why = answer.answered ? answer.text : 'never answered';
    await this.#o.tally.violated('broken', `${what}: ${why.trim()}`);
  }
}

const TURN_MS = 400;
const MAX_CONCURRENT = 3;
/** Longer than the grace after a submission. */
const DELIBERATION_MS = 9_000;
const MAX_HOLD_MS = 12_000;
const MAX_RETRIES = 4;
const STEER = 0.06;
const CANCEL = 0.015;
const AMEND = 0.12;
const ANSWERS_ITSELF = 0.2;
