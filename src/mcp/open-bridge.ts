/** The store as a stdio server holds it: opened by the first call, and opened again when it cannot be trusted any more. */

import { statSync } from 'node:fs';
import type { Bridge } from '../bridge/bridge.ts';
import type { WorkspacePolicy } from '../bridge/workspaces.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';

export type Verbs = typeof import('./verbs.ts')['verbs'];

export interface OpenBridge {
  readonly bridge: Bridge;
  readonly verbs: Verbs;
  /** Reads the configuration anew, so that a change counts at once. Throws ConfigError. */
  policy(): WorkspacePolicy;
}

export interface BridgeAccess {
  /** Lets `work` use the store. Throws StoreError, and whatever `work` throws; the next use then opens the store anew. */
  use<T>(work: (open: OpenBridge) => Promise<T>): Promise<T>;
  /** Closes the store as soon as nobody uses it. */
  close(): Promise<void>;
}

interface Opened extends OpenBridge {
  /** Which file was opened, whatever stands under its name now. */
  readonly file: string;
  users: number;
  retired: boolean;
}

/** Nothing is opened, nor even loaded, before the first use. */
export function bridgeAccess(env: Environment, clock: Clock): BridgeAccess {
  let current: Opened | undefined;

  return {
    async use(work) {
      const { verbs } = await import('./verbs.ts');
      // A database that was moved away or replaced takes writes that nobody will ever see.
      if (current && current.file !== fileIdentity(current.bridge)) await retire(current);
      current ??= open(verbs);
      const opened = current;
      opened.users += 1;
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
      if (current) await retire(current);
    },
  };

  function open(verbs: Verbs): Opened {
    const home = verbs.stateFolder(env);
    const bridge = verbs.openBridge(home, clock);
    const policy = () => verbs.loadConfig(home, env);
    return { bridge, verbs, policy, file: fileIdentity(bridge), users: 0, retired: false };
  }

  async function retire(opened: Opened): Promise<void> {
    opened.retired = true;
    if (current === opened) current = undefined;
    if (opened.users === 0) await opened.bridge.close();
  }
}

function fileIdentity(bridge: Bridge): string {
  const stat = statSync(bridge.database.file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}` : 'gone';
}
