/** The verbs as a stdio server holds them: opened by the first call, and opened again when their store was replaced. */

import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { LocalVerbs } from './local-verbs.ts';
import type { Verbs } from './verbs.ts';

export interface BridgeAccess {
  readonly clock: Clock;
  /** Lets `work` use the verbs. Throws StoreError, and whatever `work` throws; the next use then opens the store again. */
  use<T>(work: (verbs: Verbs) => Promise<T>): Promise<T>;
  /** Closes the store as soon as nobody uses it. */
  close(): Promise<void>;
}

interface Opened extends LocalVerbs {
  /** The file that was opened. */
  readonly openedIdentity: string;
  users: number;
  retired: boolean;
}

/** Nothing is opened, nor even loaded, before the first use. */
export function bridgeAccess(env: Environment, clock: Clock): BridgeAccess {
  let current: Opened | undefined;
  let opening: Promise<Opened> | undefined;

  return {
    clock,
    async use(work) {
      const opened = await enter();
      try {
        return await work(opened.verbs);
      } catch (error) {
        opened.retired = true;
        throw error;
      } finally {
        opened.users -= 1;
        if (opened.retired) await retire(opened);
      }
    },
    async close() {
      await opening?.catch(() => undefined);
      if (current) await retire(current);
    },
  };

  /** The store that is open, or a new one, with one user more. */
  async function enter(): Promise<Opened> {
    for (;;) {
      const opened = current ?? (await openOnce());
      // A database that was moved away or replaced takes writes that nobody will ever see.
      const stays = opened.openedIdentity === (await opened.identity());
      if (stays && !opened.retired) {
        opened.users += 1;
        return opened;
      }
      await retire(opened);
    }
  }

  function openOnce(): Promise<Opened> {
    opening ??= open();
    return opening;
  }

  async function open(): Promise<Opened> {
    try {
      const { openLocalVerbs } = await import('./local-verbs.ts');
      const local = await openLocalVerbs(env, clock);
      current = { ...local, openedIdentity: await local.identity(), users: 0, retired: false };
      return current;
    } finally {
      opening = undefined;
    }
  }

  async function retire(opened: Opened): Promise<void> {
    opened.retired = true;
    if (current === opened) current = undefined;
    if (opened.users === 0) await opened.close();
  }
}
