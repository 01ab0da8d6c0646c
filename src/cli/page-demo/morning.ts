/** What a person finds on the page in the morning, made in half a minute: each thing has really happened. */
import { changesSince, currentCursor } from '../../bridge/changes.ts';
import { projectDetails } from '../../bridge/queries.ts';
import { asProjectId, type ProjectId } from '../../project/ids.ts';
import type { ProjectDetails } from '../../project/project-details.ts';
import type { Desktop } from '../../selftest/desktop.ts';
import type { Sandbox } from '../../selftest/sandbox.ts';
import { SelftestError } from '../../selftest/selftest-error.ts';
import { sentProject } from '../../wire/schemas/tool-results.ts';
import {
  CSV,
  DOCS,
  EUROS,
  EUROS_REASON,
  OLD_ORDERS,
  OLD_PRICES,
  type Part,
  planText,
  RECEIPTS,
  SPELLING,
} from './plans.ts';

export interface MorningOptions {
  readonly sandbox: Sandbox;
  /** Told what has become of a plan. */
  readonly onStep: (title: string, what: string) => void;
  /** Aborts when the demo ends. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when all is there: one that is done, three that wait, one that asks, one under way, and one that is held. Throws
 * SelftestError when a plan goes another way.
 */
export async function prepareMorning({ sandbox, onStep, signal }: MorningOptions): Promise<void> {
  const desktop = await sandbox.startDesktop();
  const at: Place = { sandbox, desktop, signal };
  const spelling = await send(at, SPELLING);
  await until(at, spelling, isWaiting);
  await decide(at, 'bridge_approve', { project_id: spelling });
  await until(at, spelling, ({ project }) => project.status === 'complete');
  onStep(SPELLING.title, 'is approved and merged');
  const docs = await send(at, DOCS);
  const asks = await send(at, OLD_ORDERS);
  const euros = await send(at, EUROS);
  await until(at, docs, ({ project }) => project.status === 'in_progress');
  onStep(DOCS.title, 'is under way');
  await until(at, euros, isWaiting);
  await decide(at, 'bridge_reject', { project_id: euros, reason: EUROS_REASON });
  onStep(EUROS.title, 'is sent back with a reason');
  const csv = await send(at, CSV);
  const oldPrices = await send(at, OLD_PRICES);
  await until(at, asks, ({ requests }) => requests.length > 0);
  onStep(OLD_ORDERS.title, 'asks you something');
  for (const [id, { title }] of [
    [csv, CSV],
    [euros, EUROS],
    [oldPrices, OLD_PRICES],
  ] as const) {
    await until(at, id, isWaiting);
    onStep(title, 'waits for your decision');
  }
  await send(at, RECEIPTS);
  onStep(RECEIPTS.title, 'is held until you have decided on one of them');
}

interface Place {
  readonly sandbox: Sandbox;
  readonly desktop: Desktop;
  readonly signal: AbortSignal;
}

function isWaiting({ project }: ProjectDetails): boolean {
  return project.status === 'awaiting_approval';
}

async function send({ desktop, signal }: Place, part: Part): Promise<ProjectId> {
  const sent = await desktop.call('bridge_send_plan', { plan_markdown: planText(part) }, signal);
  return asProjectId(sentProject.parse(sent).project_id);
}

/** Nothing is decided on that was not shown. */
async function decide(
  { desktop, signal }: Place,
  tool: 'bridge_approve' | 'bridge_reject',
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  await desktop.call('bridge_get_approval_queue', {}, signal);
  await desktop.call(tool, input, signal);
}

/** Waits for a state of the project. Throws SelftestError when it needs a person, or nothing happens for a minute. */
async function until(
  { sandbox: { bridge }, signal }: Place,
  id: ProjectId,
  isThere: (details: ProjectDetails) => boolean,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const cursor = await currentCursor(bridge);
    const found = await projectDetails(bridge, id, 0);
    if (!found.ok) throw new SelftestError(found.refusal);
    if (isThere(found.value)) return;
    const { title, status, attention } = found.value.project;
    if (status === 'attention') throw new SelftestError(`“${title}” needs attention: ${attention}`);
    const { events } = await changesSince(bridge, cursor, { waitMs: TIMEOUT_MS, limit: 1, signal });
    if (events.length === 0 && !signal.aborted)
      throw new SelftestError(`nothing happened for ${TIMEOUT_MS / 1_000} s, and “${title}” is ${status}`);
  }
}

const TIMEOUT_MS = 60_000;
