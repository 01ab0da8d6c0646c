/** Which supervisor is looked at, and how we come to be let in: that of this machine, or one elsewhere by its URL. */
import { readFile } from 'node:fs/promises';
import { capitalize } from '../../../characters.ts';
import { apiBase, whyUnreachable } from '../../../control/api-address.ts';
import { configOf, type Host, withBridge } from '../../../control/host.ts';
import { readCertificate } from '../../../control/tls-files.ts';
import { messageOf } from '../../../error-message.ts';
import type { Role } from '../../../project/credential.ts';
import { ok, type Result, refuse } from '../../../result.ts';
import type { Remote } from './client.ts';
import { type SignedIn, signIn, signOut } from './sign-in.ts';

export interface Target {
  /**
   * Where to call now. Refused with why nobody can be called, and what to do. It is asked before each attempt: what listens
   * on the port of a supervisor that has ended may be another program, which must not be shown a token.
   *
   * @param isRefused The token was not accepted: it needs another.
   */
  connect(isRefused: boolean): Promise<Result<Remote>>;
  /** Takes back what was made to be let in. */
  leave(): Promise<void>;
}

/** The supervisor of this state folder. */
export function localTarget(host: Host, role: Role): Target {
  let signedIn: SignedIn | undefined;
  const leave = async () => {
    if (signedIn) await signOut(host, signedIn);
    signedIn = undefined;
  };
  return {
    async connect(isRefused) {
      try {
        const { http } = configOf(host);
        const trouble = await withBridge(host, (bridge) => whyUnreachable(bridge, http));
        if (trouble) return refuse(`${capitalize(trouble.what)}. ${trouble.next}`);
        if (isRefused) await leave();
        signedIn ??= await signIn(host, role);
        const trusted = http.tls && { pem: await readFile(http.tls.cert), isForAnyName: true };
        return ok({ base: apiBase(http, 'here') ?? '', token: signedIn.token, ...(trusted && { trusted }) });
      } catch (error) {
        return refuse(messageOf(error));
      }
    },
    leave,
  };
}

/**
 * @param readToken Again after it was not accepted: the file may hold another by then.
 * @param certificate The file, in PEM, of what is trusted instead of the authorities of the system; undefined: these are.
 */
export function remoteTarget(
  base: string,
  readToken: () => Promise<Result<string>>,
  certificate: string | undefined,
): Target {
  let token: string | undefined;
  return {
    async connect(isRefused) {
      const pem = certificate === undefined ? undefined : await readCertificate(certificate);
      if (pem?.ok === false) return refuse(`The certificate cannot be taken: ${pem.refusal}.`);
      if (token === undefined || isRefused) {
        const read = await readToken();
        if (!read.ok) return read;
        token = read.value;
      }
      return ok({ base, token, ...(pem && { trusted: { pem: pem.value, isForAnyName: false } }) });
    },
    leave: async () => undefined,
  };
}
