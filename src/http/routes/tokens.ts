/** Who may call: tokens, and browsers that are signed in. */
import * as z from 'zod';
import { addCredential, credentials, revokeCredential, rotateCredential } from '../../bridge/credentials.ts';
import { durationRule, parseDuration } from '../../duration.ts';
import { CREDENTIAL_NAME, CREDENTIAL_NAME_RULE, ROLES } from '../../project/credential.ts';
import { toWireCredential, toWireIssuedToken, toWireListedCredential } from '../../wire/credential.ts';
import {
  credentialSchema,
  issuedTokenSchema,
  listedCredentialSchema,
} from '../../wire/schemas/credential.ts';
import { defineRoute } from '../define-route.ts';
import { AND_MORE } from '../example.ts';
import { problem } from '../problem.ts';

const params = z.strictObject({ name: z.string().describe('the name of the token, or of the browser') });

export const listTokens = defineRoute({
  method: 'GET',
  path: '/tokens',
  access: 'admin',
  summary: 'Every token and every signed-in browser by name; never what is secret of them.',
  answer: z.array(listedCredentialSchema),
  example: {
    answer: [
      { name: 'laptop', kind: 'browser', role: 'decide', last_used_at: null, ...AND_MORE },
      { name: 'phone', kind: 'token', role: 'admin', last_used_at: '…', ...AND_MORE },
    ],
  },
  run: async (_input, { bridge }) => ({ body: (await credentials(bridge)).map(toWireListedCredential) }),
});

export const addToken = defineRoute({
  method: 'POST',
  path: '/tokens',
  access: 'admin',
  summary: 'Makes a token, and shows it this once.',
  body: z.strictObject({
    name: z.string().regex(CREDENTIAL_NAME, CREDENTIAL_NAME_RULE).describe('who or what holds it'),
    role: z.enum(ROLES).describe('each includes those before it'),
    expires: z
      .string()
      .transform((text) => parseDuration(text))
      .refine((ms) => ms !== undefined, `must be ${durationRule()}`)
      .optional()
      .describe('after which it is worth nothing, such as `30d`; never, where it is missing'),
  }),
  status: 201,
  answer: issuedTokenSchema,
  problems: ['name-taken'],
  example: {
    send: { name: 'tower', role: 'read', expires: '30d' },
    answer: {
      credential: { name: 'tower', kind: 'token', role: 'read', created_at: '…', expires_at: '…' },
      token: 'bst_…',
    },
  },
  async run({ body: { name, role, expires } }, { bridge, actor }) {
    const issued = await addCredential(bridge, name, role, expires, actor);
    return issued.ok
      ? { body: toWireIssuedToken(issued.value) }
      : { problem: problem('name-taken', issued.refusal) };
  },
});

export const rotateToken = defineRoute({
  method: 'POST',
  path: '/tokens/:name/rotate',
  access: 'admin',
  summary: 'Replaces a token, and shows the new one this once; the one before is worth nothing at once.',
  params,
  answer: issuedTokenSchema,
  problems: ['token-not-found'],
  example: {
    path: '/tokens/phone/rotate',
    answer: { credential: { name: 'phone', kind: 'token', role: 'admin', ...AND_MORE }, token: 'bst_…' },
  },
  async run({ params: { name } }, { bridge, actor }) {
    const issued = await rotateCredential(bridge, name, actor);
    return issued.ok ? { body: toWireIssuedToken(issued.value) } : { problem: notFound(issued.refusal) };
  },
});

export const revokeToken = defineRoute({
  method: 'DELETE',
  path: '/tokens/:name',
  access: 'admin',
  summary: 'Makes a token worth nothing, or signs a browser out; what is open with it ends.',
  params,
  answer: credentialSchema,
  problems: ['token-not-found'],
  example: {
    path: '/tokens/laptop',
    answer: { name: 'laptop', kind: 'browser', role: 'decide', ...AND_MORE },
  },
  async run({ params: { name } }, { bridge, actor }) {
    const revoked = await revokeCredential(bridge, name, actor);
    return revoked.ok ? { body: toWireCredential(revoked.value) } : { problem: notFound(revoked.refusal) };
  },
});

function notFound(detail: string) {
  return problem('token-not-found', detail);
}
