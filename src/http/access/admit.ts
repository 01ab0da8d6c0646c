/** Who calls, and whether they may: everything is refused that is not allowed here. */
import type { Bridge } from '../../bridge/bridge.ts';
import { credentialOf } from '../../bridge/credentials.ts';
import { browserOf } from '../../bridge/sign-in.ts';
import { type Credential, includesRole, type Role } from '../../project/credential.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Access } from '../define-route.ts';
import { type Problem, problem } from '../problem.ts';
import type { Pace } from './pace.ts';

/** What a request says about who sends it. */
export interface Claim {
  /** The header `Authorization`. Where there is one, it alone counts. */
  readonly authorization: string | undefined;
  /** What a browser sends: the cookie of this port, and the header `Bridge-Key`. */
  readonly cookie: string | undefined;
  readonly key: string | undefined;
  /** Of the other end of the connection. Headers that claim another are never believed. */
  readonly address: string;
  readonly isWrite: boolean;
}

/**
 * The credential that a request shows, looked up again each time: one that was revoked counts no more. On an open route
 * none is needed; a wrong one is passed over there.
 */
export async function admit(
  bridge: Bridge,
  pace: Pace,
  access: Access,
  claim: Claim,
): Promise<Result<Credential | undefined, Problem>> {
  const credential = await credentialIn(bridge, claim);
  if (access === 'open') return ok(credential);
  if (!credential)
    return refuse(isTry(claim) ? refuseSignIn(pace, claim.address, NOT_SIGNED_IN) : NOT_SIGNED_IN);
  const wait = claim.isWrite ? pace.wrote(credential.name) : 0;
  if (wait > 0) return refuse(slowDown(wait));
  if (includesRole(credential.role, access)) return ok(credential);
  return refuse(
    problem(
      'role-too-small',
      `this needs the role '${access}', and '${credential.name}' has '${credential.role}'.`,
      {
        facts: { needs: access },
      },
    ),
  );
}

/** Whether a request that was admitted still would be: its credential may be revoked while the answer goes on. */
export async function isStillAdmitted(bridge: Bridge, access: Role, claim: Claim): Promise<boolean> {
  const credential = await credentialIn(bridge, claim);
  return credential !== undefined && includesRole(credential.role, access);
}

/** What is answered to a sign-in that failed: why, or that there were too many from this address. */
export function refuseSignIn(pace: Pace, address: string, why: Problem): Problem {
  const wait = pace.failed(address);
  return wait > 0 ? slowDown(wait) : why;
}

async function credentialIn(
  bridge: Bridge,
  { authorization, cookie, key }: Claim,
): Promise<Credential | undefined> {
  if (authorization !== undefined) {
    const token = tokenIn(authorization);
    return token === undefined ? undefined : credentialOf(bridge, token);
  }
  return cookie === undefined || key === undefined ? undefined : browserOf(bridge, cookie, key);
}

/** Whether somebody tries to get in. A browser sends its cookie by itself, also for a page of another port. */
function isTry({ authorization, key }: Claim): boolean {
  return tokenIn(authorization) !== undefined || key !== undefined;
}

function tokenIn(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

export const NOT_SIGNED_IN = problem(
  'not-signed-in',
  "a valid token is needed, as 'Authorization: Bearer TOKEN'; make one with: bridge-supervisor token add. A browser signs in by the link of: bridge-supervisor dashboard",
  { headers: { 'WWW-Authenticate': 'Bearer realm="bridge-supervisor"' } },
);

function slowDown(seconds: number): Problem {
  return problem('slow-down', `too many in a minute; try again in ${seconds} s.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
