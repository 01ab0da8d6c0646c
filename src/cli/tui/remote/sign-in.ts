/**
 * How this terminal is let in at the supervisor of its own machine: whoever may read and write the store may decide, so it
 * makes itself a token there. That is worth nothing after a day, and is taken back when the program ends.
 */
import type { Bridge } from '../../../bridge/bridge.ts';
import { addCredential, credentials, revokeCredential } from '../../../bridge/credentials.ts';
import { type Host, withBridge } from '../../../control/host.ts';
import type { Role } from '../../../project/credential.ts';

/** What is decided here is recorded under this name; a number follows where another terminal has it. */
const NAME = 'terminal';
const OURS = /^terminal(?:-\d+)?$/;
const MAX_LIFETIME_MS = 24 * 3_600_000;
const MAX_TERMINALS = 100;

export interface SignedIn {
  readonly name: string;
  readonly token: string;
}

/** Makes a token in the store of this machine. Throws StoreError. */
export function signIn(host: Host, role: Role): Promise<SignedIn> {
  return withBridge(host, async (bridge) => {
    await removeExpired(bridge, host.clock.now().toISOString());
    for (let number = 1; number <= MAX_TERMINALS; number += 1) {
      const name = number === 1 ? NAME : `${NAME}-${number}`;
      const issued = await addCredential(bridge, name, role, MAX_LIFETIME_MS, 'person');
      if (issued.ok) return { name, token: issued.value.token };
    }
    throw new Error(`${MAX_TERMINALS} terminals have a token: see them with bridge-supervisor token list`);
  });
}

/** Takes it back, whether or not a supervisor runs. Throws StoreError. */
export async function signOut(host: Host, { name }: Pick<SignedIn, 'name'>): Promise<void> {
  await withBridge(host, (bridge) => revokeCredential(bridge, name, 'person'));
}

/** Those of terminals that were killed, and could not take theirs back. */
async function removeExpired(bridge: Bridge, now: string): Promise<void> {
  for (const { name, kind, expiresAt } of await credentials(bridge))
    if (kind === 'token' && OURS.test(name) && expiresAt !== null && expiresAt <= now)
      await revokeCredential(bridge, name, 'person');
}
