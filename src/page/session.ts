/** Who this browser is: it signs in by the code of a link, once, and out. */

import { signal } from '@preact/signals';
import { includesRole, type Role } from '../project/credential.ts';
import type { WireCredential } from '../wire/schemas/credential.ts';
import { call, keepKey, type Problem, signedIn } from './api.ts';
import { readAddress } from './route.ts';

export const session = signal<WireCredential | undefined>(undefined);

/** Why the link did not sign this browser in. */
export const signInProblem = signal<Problem | undefined>(undefined);

const CODE = /^#signin=(.+)$/;

/** Signs in also by a link that is followed in a tab that is open. */
export function startSignIn(): void {
  addEventListener('hashchange', () => {
    if (CODE.test(location.hash)) void beginSession();
  });
}

/** Signs in by the code in the address, or finds out who this browser is. The code is taken out of the address first. */
export async function beginSession(): Promise<void> {
  const code = CODE.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, '', '#/');
    readAddress();
    const signedUp = await call<WireCredential & { readonly key: string }>('POST /session', {
      body: { code },
    });
    if (signedUp.ok) {
      const { key, ...own } = signedUp.value;
      keepKey(key);
      begin(own);
      return;
    }
    signInProblem.value = signedUp.problem;
  }
  await lookUpSession();
}

/** Asks who this browser is. What cannot be asked now is asked again when the connection is back. */
export async function lookUpSession(): Promise<void> {
  const found = await call<WireCredential>('GET /session');
  if (found.ok) begin(found.value);
}

function begin(own: WireCredential): void {
  session.value = own;
  signedIn.value = 'yes';
  signInProblem.value = undefined;
}

export async function signOut(): Promise<void> {
  const done = await call('DELETE /session');
  if (!done.ok && done.problem.status === 0) return;
  keepKey(undefined);
  session.value = undefined;
  signedIn.value = 'no';
}

/** Whether the role of this browser includes the other. */
export function may(role: Role): boolean {
  const own = session.value?.role;
  return own !== undefined && includesRole(own, role);
}
