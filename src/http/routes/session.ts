/** A browser signs in and out. */
import * as z from 'zod';
import { revokeCredential } from '../../bridge/credentials.ts';
import { MAX_SESSION_MS, signIn } from '../../bridge/sign-in.ts';
import { toWireCredential } from '../../wire/credential.ts';
import { credentialSchema } from '../../wire/schemas/credential.ts';
import { sessionSchema } from '../../wire/schemas/http.ts';
import { setCookie } from '../access/cookie.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { problem } from '../problem.ts';

export const openSession = defineRoute({
  method: 'POST',
  path: '/session',
  access: 'open',
  summary:
    'Signs a browser in with the code of a link of `dashboard`, once. Answers a cookie, and the key that goes with it as the header `Bridge-Key`: each alone is worth nothing.',
  body: z.strictObject({ code: z.string().max(200).describe('what follows `#signin=` in the link') }),
  answer: sessionSchema,
  problems: ['not-signed-in', 'slow-down'],
  example: {
    send: { code: '$CODE' },
    answer: {
      name: 'tablet',
      kind: 'browser',
      role: 'decide',
      created_at: '2026-03-01T12:00:07.000Z',
      expires_at: '2026-03-31T12:00:07.000Z',
      key: 'bsk_…',
    },
  },
  async run({ body: { code } }, { bridge, cookie, refuseSignIn }) {
    const signedIn = await signIn(bridge, code);
    if (!signedIn.ok) return { problem: refuseSignIn(CODE_SPENT) };
    const { credential, key, cookie: value } = signedIn.value;
    return {
      body: { ...toWireCredential(credential), key },
      headers: { 'Set-Cookie': setCookie(cookie, value, MAX_SESSION_MS / 1_000) },
    };
  },
});

const CODE_SPENT = problem(
  'not-signed-in',
  'That link was used before, or is too old. Make a new one with: bridge-supervisor dashboard',
);

export const showSession = defineRoute({
  method: 'GET',
  path: '/session',
  access: 'read',
  summary: 'Who calls: the name, the role and the end of the token, or of the signed-in browser.',
  answer: credentialSchema,
  example: {
    answer: {
      name: 'phone',
      kind: 'token',
      role: 'admin',
      created_at: '2026-03-01T12:00:00.000Z',
      expires_at: null,
    },
  },
  run: async (_input, { caller }) => ({ body: toWireCredential(caller) }),
});

export const closeSession = defineRoute({
  method: 'DELETE',
  path: '/session',
  access: 'read',
  summary: 'Signs this browser out: its cookie and key are worth nothing, and its streams end.',
  answer: credentialSchema,
  problems: ['not-a-browser'],
  example: {
    byBrowser: true,
    answer: { name: 'laptop', kind: 'browser', role: 'decide', ...AND_MORE },
  },
  async run(_input, { bridge, caller, actor, cookie }) {
    if (caller.kind !== 'browser') return { problem: NOT_A_BROWSER };
    // Two tabs may sign out at once: it is done then.
    await revokeCredential(bridge, caller.name, actor);
    return { body: toWireCredential(caller), headers: { 'Set-Cookie': setCookie(cookie, '', 0) } };
  },
});

const NOT_A_BROWSER = problem(
  'not-a-browser',
  'only a browser signs out; a token is revoked with DELETE /tokens/NAME, or: bridge-supervisor token revoke NAME',
);
