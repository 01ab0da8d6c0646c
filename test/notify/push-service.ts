/**
 * A push service of our own on loopback, and browsers that it hands on to. What it takes is read by implementations that are
 * none of ours: `http_ece` decrypts, and WebCrypto verifies who has sent it.
 */
import { createECDH, randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import ece from 'http_ece';
import type { PushMessage } from '../../src/project/push.ts';

export interface Pushed {
  /** Of the browser that it is for. */
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  readonly message: PushMessage;
  /** Of the token by which the sender has shown who it is. */
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub: string };
}

/** What a page hands over as `PushSubscription.toJSON()`. */
export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushService extends AsyncDisposable {
  readonly origin: string;
  readonly pushed: Pushed[];
  /** Why something was not taken: nothing here may be in it. */
  readonly wrong: string[];
  /** A browser asks for an address. */
  subscribe(name: string): Subscription;
  /** What a browser of this name is answered from now on. */
  answer(name: string, answer: (response: ServerResponse) => void): void;
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, { readonly key: ReturnType<typeof createECDH>; readonly auth: Buffer }>();
  const answers = new Map<string, (response: ServerResponse) => void>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    const body = await buffer(request);
    const name = (request.url ?? '').slice('/send/'.length);
    const browser = browsers.get(name);
    try {
      if (!browser) throw new Error(`nobody is called ${name}`);
      const claims = await verify(request.headers.authorization ?? '');
      const parameters = { version: 'aes128gcm', privateKey: browser.key, authSecret: browser.auth } as const;
      const plain = ece.decrypt(body, parameters).toString();
      service.pushed.push({ name, headers: request.headers, message: JSON.parse(plain), claims });
    } catch (error) {
      service.wrong.push(String(error));
    }
    const answer = answers.get(name);
    if (answer) answer(response);
    else response.writeHead(201, { location: '/message/1' }).end();
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service: PushService = {
    origin,
    pushed: [],
    wrong: [],
    subscribe(name) {
      const key = createECDH('prime256v1');
      const auth = randomBytes(16);
      const p256dh = key.generateKeys('base64url');
      browsers.set(name, { key, auth });
      return { endpoint: `${origin}/send/${name}`, keys: { p256dh, auth: auth.toString('base64url') } };
    },
    answer: (name, answer) => void answers.set(name, answer),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return service;
}

/** The claims of a header as RFC 8292 has it. Throws where its signature is not that of its key. */
async function verify(authorization: string): Promise<Pushed['claims']> {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const raw = Buffer.from(key, 'base64url');
  const publicKey = await webcrypto.subtle.importKey('raw', raw, algorithm, false, ['verify']);
  const signed = Buffer.from(`${head}.${claims}`);
  const isRight = await webcrypto.subtle.verify(
    algorithm,
    publicKey,
    Buffer.from(signature, 'base64url'),
    signed,
  );
  if (!isRight) throw new Error('the signature is wrong');
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}
