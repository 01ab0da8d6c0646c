/** The store as a stdio server holds it: opened by the first call, and opened again when it cannot be trusted any more. */

import type { Bridge } from '../bridge/bridge.ts';
import type { WorkspacePolicy } from '../bridge/workspaces.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';

export type Verbs = typeof import('./verbs.ts')['verbs'];

export interface OpenBridge {
  readonly bridge: Bridge;
  readonly verbs: Verbs;
  /** Reads the configuration again, so that a change counts at once. Throws ConfigError. */
  policy(): WorkspacePolicy;
}

export interface BridgeAccess {
  /** Lets `work` use the store. Throws StoreError, and whatever `work` throws; the next use then opens the store again. */
  use<T>(work: (open: OpenBridge) => Promise<T>): Promise<T>;
  /** Closes the store as soon as nobody uses it. */
  close(): Promise<void>;
}

interface Opened extends OpenBridge {
  /** What was opened, whatever stands in its place now. */
  readonly identity: string;
  users: number;
  retired: boolean;
}

/** Nothing is opened, nor even loaded, before the first use. */
export function bridgeAccess(env: Environment, clock: Clock): BridgeAccess {
  let current: Opened | undefined;
  let opening: Promise<Opened> | undefined;

  return {
    async use(work) {
      const opened = await enter();
      try {
        return await work(opened);
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
      const stays = opened.identity === (await opened.bridge.identity());
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
      const { verbs } = await import('./verbs.ts');
      const stateDir = verbs.stateFolder(env);
      const bridge = await verbs.openBridge(stateDir, clock);
      const policy = () => verbs.loadConfig(stateDir, env);
      const identity = await bridge.identity();
      current = { bridge, verbs, policy, identity, users: 0, retired: false };
      return current;
    } finally {
      opening = undefined;
    }
  }

  async function retire(opened: Opened): Promise<void> {
    opened.retired = true;
    if (current === opened) current = undefined;
    if (opened.users === 0) await opened.bridge.close();
  }
}
