/** What every test of a fault is given, and the check that every one of them ends with. */
import { spawnSync } from 'node:child_process';
import { test as e2e, type Rig } from '../e2e/rig.ts';
import { onLinux } from '../platform.ts';
import { tamper as tamperWith } from '../store/raw.ts';
import { invariants } from './invariants.ts';
import { createPuppet, type Puppet } from './puppet.ts';

export interface Aftermath {
  /** The test has destroyed the store: there is nothing left to check in it. */
  storeIsGone(): void;
}

/** Checks, whatever the test was about, that the promises hold; the rig then checks that no process is left. */
export const test = e2e.extend<{ puppet: Puppet; aftermath: Aftermath }>({
  puppet: async ({ rig, skip }, use) => {
    skip(!onLinux, 'needs Linux: what stands in for Claude reads /proc');
    await use(await createPuppet(rig));
  },
  aftermath: [
    async ({ rig, puppet }, use) => {
      const sent = acknowledged(rig);
      let store = true;
      await use({
        storeIsGone() {
          store = false;
        },
      });
      if (store) invariants(rig.home, { sent, witness: await puppet.witness() });
    },
    { auto: true },
  ],
});

/** Ids of all projects that are sent from now on. */
function acknowledged(rig: Rig): readonly string[] {
  const sent: string[] = [];
  const { send } = rig;
  rig.send = async (markdown) => {
    const id = await send(markdown);
    sent.push(id);
    return id;
  };
  return sent;
}

/** The name of a test that needs `program` says so where it is missing. */
export function has(program: string): boolean {
  return !spawnSync(program, ['-V'], { stdio: 'ignore' }).error;
}

/** Changes the store behind everybody's back: for what cannot be waited for. */
export function tamper(rig: Rig, query: string, ...values: unknown[]): void {
  tamperWith(rig.home, query, ...values);
}
