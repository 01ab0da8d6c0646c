/** Who calls, and whether they may: everything is refused that is not allowed here. */
import type { Bridge } from '../../bridge/bridge.ts';
import { credentialOf } from '../../bridge/credentials.ts';
import { type Credential, includesRole, type Role } from '../../project/credential.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Access } from '../define-route.ts';
import { type Problem, problem } from '../problem.ts';
import type { Pace } from './pace.ts';

/** What a request says about who sends it. */
export interface Claim {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
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
  { authorization, address, isWrite }: Claim,
): Promise<Result<Credential | undefined, Problem>> {
  const token = tokenIn(authorization);
  const credential = token === undefined ? undefined : await credentialOf(bridge, token);
  if (access === 'open') return ok(credential);
  if (!credential) {
    const wait = token === undefined ? 0 : pace.failed(address);
    return refuse(wait > 0 ? slowDown(wait) : NOT_SIGNED_IN);
  }
  const wait = isWrite ? pace.wrote(credential.name) : 0;
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

/** Whether a request that was admitted still would be: its token may be revoked while the answer goes on. */
export async function isStillAdmitted(
  bridge: Bridge,
  access: Role,
  authorization: string | undefined,
): Promise<boolean> {
  const token = tokenIn(authorization);
  const credential = token === undefined ? undefined : await credentialOf(bridge, token);
  return credential !== undefined && includesRole(credential.role, access);
}

function tokenIn(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

const NOT_SIGNED_IN = problem(
  'not-signed-in',
  "a valid token is needed, as 'Authorization: Bearer TOKEN'; make one with: bridge-supervisor token add",
  { headers: { 'WWW-Authenticate': 'Bearer realm="bridge-supervisor"' } },
);

function slowDown(seconds: number): Problem {
  return problem('slow-down', `too many in a minute; try again in ${seconds} s.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
