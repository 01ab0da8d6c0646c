/** Following the history as it grows, with what runs are doing in between. */

import type { Bridge } from '../../bridge/bridge.ts';
import { type Cursor, changesSince } from '../../bridge/changes.ts';
import { overview, type ProjectState, projectState } from '../../bridge/queries.ts';
import type { BridgeEvent } from '../../project/event.ts';
import type { Project } from '../../project/project.ts';

/** Where it is shown. */
export interface View {
  event(event: BridgeEvent): void;
  /** What is under way, about once a second. */
  live(states: readonly ProjectState[]): void;
  /** Nothing more will come. */
  end(): void;
}

export interface FollowOptions {
  readonly cursor: Cursor;
  readonly signal: AbortSignal;
  readonly view: View;
}

/** Shows everything that happens until `signal` aborts. */
export async function followAll(bridge: Bridge, { view, signal, ...options }: FollowOptions): Promise<void> {
  let { cursor } = options;
  while (!signal.aborted) {
    const { running } = await overview(bridge, 0);
    view.live(running);
    const changes = await changesSince(bridge, cursor, { waitMs: TICK_MS, limit: PAGE, signal });
    cursor = changes.cursor;
    for (const event of changes.events) view.event(event);
  }
  view.end();
}

/** The same for one project, which ends when `isEnd` says so or `signal` aborts. Returns it as it is then. */
export async function followProject(
  bridge: Bridge,
  project: Project,
  isEnd: (project: Project) => boolean,
  { view, signal, ...options }: FollowOptions,
): Promise<Project> {
  let { cursor } = options;
  let now = project;
  while (!signal.aborted) {
    const state = await projectState(bridge, project.id);
    if (!state.ok) throw new Error(`project ${project.id} is not in the store any more`);
    now = state.value.project;
    const ended = isEnd(now);
    if (!ended) view.live([state.value]);
    const waitMs = ended ? 0 : TICK_MS;
    const changes = await changesSince(bridge, cursor, { waitMs, limit: PAGE, projectId: now.id, signal });
    cursor = changes.cursor;
    for (const event of changes.events) view.event(event);
    if (ended && changes.events.length === 0) break;
  }
  view.end();
  return now;
}

const TICK_MS = 1_000;
const PAGE = 200;
