/** Whether a new run may start now: holds that have run out are lifted, and what would fail for certain is held. */
import { imposeHold } from '../bridge/attending.ts';
import { currentHolds, release } from '../bridge/holds.ts';
import { locateClaude } from '../claude/locate.ts';
import type { Context } from './context.ts';

const LOOK_AGAIN_MS = 60_000;

/** True when nothing stands in the way. Each hold that ended is in the history. */
export async function mayStart(context: Context): Promise<boolean> {
  const { bridge, clock } = context;
  const now = clock.now().toISOString();
  let open = true;
  for (const hold of await currentHolds(bridge)) {
    if (hold.until !== null && hold.until <= now) await release(bridge, hold.kind, 'supervisor');
    else open = false;
  }
  return open && (await claudeIsThere(context));
}

/** When the first hold ends by itself. */
export async function nextHoldEnd(context: Context): Promise<Date | undefined> {
  const ends = (await currentHolds(context.bridge)).flatMap(({ until }) => until ?? []);
  return ends.length === 0 ? undefined : new Date(ends.sort()[0] ?? 0);
}

async function claudeIsThere({ bridge, clock, config, env, token }: Context): Promise<boolean> {
  const claude = locateClaude(config.claude, env);
  if (claude.found) return true;
  const now = clock.now();
  await imposeHold(bridge, token, {
    kind: 'claude_missing',
    reason: claude.message,
    since: now.toISOString(),
    until: new Date(now.getTime() + LOOK_AGAIN_MS).toISOString(),
  });
  return false;
}
