/** The API over TLS and on further ports: what is served, renewed, and refused in one clear sentence. */
import { once } from 'node:events';
import { copyFile, mkdir, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeSignInCode } from '../../src/bridge/sign-in.ts';
import { configOfText } from '../../src/config.ts';
import { readTlsFiles } from '../../src/control/tls-files.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { createRig, type Rig } from '../rig.ts';
import { serve } from './server.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** A certificate and its key in files of the rig, which a test may replace. */
async function filesIn(rig: Rig, cert = 'box.crt', key = 'box.key') {
  const folder = join(rig.workspace, 'tls');
  await mkdir(folder, { recursive: true });
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await copyFile(fixture(cert), files.cert);
  await copyFile(fixture(key), files.key);
  return files;
}

async function overTls(
  port: number,
  route: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<{ status: number | undefined; setCookie: string; hsts: unknown; text: string; cn: unknown }> {
  const [method, path] = route.split(' ');
  const sent = body && JSON.stringify(body);
  const asked = request({
    ...{ host: '127.0.0.1', port, method, path, agent: false, rejectUnauthorized: false },
    headers: { ...headers, ...(sent && { 'content-type': 'application/json' }) },
  });
  asked.end(sent);
  const [response] = await once(asked, 'response');
  const certificate: PeerCertificate = (response.socket as TLSSocket).getPeerCertificate();
  return {
    status: response.statusCode,
    setCookie: response.headers['set-cookie']?.[0] ?? '',
    hsts: response.headers['strict-transport-security'],
    text: await text(response),
    cn: certificate.subject?.CN,
  };
}

test('the API is served over TLS with a certificate of its owner, and a browser gets a cookie for TLS alone', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { http: { tls: await filesIn(rig) } });
  const { status, cn, hsts } = await overTls(api.port, 'GET /health');
  expect([status, cn, hsts]).toEqual([200, 'box.example', undefined]);
  const { code } = await makeSignInCode(rig.bridge, { name: 'phone', role: 'read', lifetimeMs: 60_000 });
  const { setCookie, text: signedIn } = await overTls(api.port, 'POST /session', {}, { code });
  expect(setCookie).toMatch(new RegExp(`^__Host-bridge_${api.port}=bsc_.*; Secure; SameSite=Strict$`));
  const headers = { cookie: setCookie.split(';')[0] ?? '', 'bridge-key': JSON.parse(signedIn).key };
  expect((await overTls(api.port, 'GET /session', headers)).status).toBe(200);
  expect((await overTls(api.port, 'GET /health', { host: 'evil.example' })).status).toBe(421);
  await expect(fetch(`http://127.0.0.1:${api.port}/health`)).rejects.toThrow();
});

test('a certificate that was replaced is taken within a minute, and a wrong one leaves the one before', async () => {
  await using rig = await createRig();
  const tls = await filesIn(rig);
  await using api = await serve(rig, { http: { tls } });
  const replace = async (cert: string, key: string, when: number) => {
    await filesIn(rig, cert, key);
    for (const file of [tls.cert, tls.key]) await utimes(file, when, when);
    await rig.clock.slept(60_000);
    rig.clock.advance(60_000);
  };
  const logged = (word: string) =>
    eventually(() => expect(api.log.filter((line) => line.includes(word))).toHaveLength(1), 5);
  await replace('other.crt', 'box.key', 1_000);
  await logged('http.certificate_refused');
  expect((await overTls(api.port, 'GET /health')).cn).toBe('box.example');
  await replace('other.crt', 'other.key', 2_000);
  await logged('http.certificate_renewed');
  expect((await overTls(api.port, 'GET /health')).cn).toBe('other.example');
});

test('a certificate that cannot be read is said, and served when it can be', async () => {
  await using rig = await createRig();
  const tls = await filesIn(rig);
  await writeFile(tls.key, 'no key');
  const port = await freePort();
  const starting = serve(rig, { http: { tls }, port });
  await rig.clock.slept(30_000);
  await filesIn(rig);
  rig.clock.advance(30_000);
  await using api = await starting;
  expect(api.log.filter((line) => line.includes('http.not_listening'))).toEqual([
    expect.stringContaining('key.pem holds no private key without a passphrase in PEM'),
  ]);
  expect(api.server.trouble()).toBeNull();
  expect((await overTls(port, 'GET /health')).status).toBe(200);
});

test.each([
  ['the key of another', { cert: 'box.crt', key: 'other.key' }, 'is not that of the certificate'],
  ['a key for a certificate', { cert: 'box.key', key: 'box.key' }, 'holds no certificate in PEM'],
  ['a file that is not there', { cert: 'none.crt', key: 'box.key' }, 'none.crt cannot be read (ENOENT)'],
])('a certificate with %s is refused in one sentence', async (_, { cert, key }, words) => {
  const read = await readTlsFiles({ cert: fixture(cert), key: fixture(key) });
  expect(read).toMatchObject({ ok: false, refusal: expect.stringContaining(words) });
});

test('a server over TLS that ends waits for no client in the middle of its handshake', async () => {
  await using rig = await createRig();
  await using api = await serve(rig, { http: { tls: await filesIn(rig) } });
  const silent = connect(api.port, '127.0.0.1');
  await once(silent, 'connect');
  await overTls(api.port, 'GET /health');
  const closed = once(silent, 'close');
  await api.server.close();
  await closed;
});

test('the same API is served on a second port, with one set of names, cookies and limits', async () => {
  await using rig = await createRig();
  const second = await freePort();
  await using api = await serve(rig, { http: { also_listen: [second] } });
  const answered = await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${second}/health`);
    expect(answer.status).toBe(200);
    return answer.json();
  }, 5);
  expect(answered).toEqual((await api.call('GET /health')).json);
  const host = { host: `127.0.0.1:${second}` };
  expect((await api.call('GET /projects', { headers: host, token: api.tokens.read })).status).toBe(200);
  const { code } = await makeSignInCode(rig.bridge, { name: 'phone', role: 'read', lifetimeMs: 60_000 });
  const signedIn = await api.call('POST /session', { headers: host, body: { code } });
  expect(signedIn.headers['set-cookie']?.[0]).toMatch(new RegExp(`^bridge_${api.port}=`));
});

test('a second port that is taken is said like the first, and the first is served', async () => {
  await using rig = await createRig();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const second = typeof address === 'object' && address ? address.port : 0;
  await using api = await serve(rig, { http: { also_listen: [second] } });
  await eventually(() => {
    expect(api.server.trouble()).toBe(
      `the HTTP API cannot listen on port ${second} of 127.0.0.1 (it is in use): it is tried again every 30 s. Free the port, set http.enabled to false, or set another in http.also_listen`,
    );
  }, 5);
  expect((await api.call('GET /health')).status).toBe(200);
  other.close();
  await once(other, 'close');
  await rig.clock.slept(30_000);
  rig.clock.advance(30_000);
  await eventually(() => expect(api.server.trouble()).toBeNull(), 5);
  expect((await fetch(`http://127.0.0.1:${second}/health`)).status).toBe(200);
});

test.each([
  [{ tls: { cert: '/a.crt' } }, "'http.tls.key'"],
  [{ tls: { cert: 'a.crt', key: '/a.key' } }, "'http.tls.cert' must be an absolute path"],
  [{ tls: { cert: '/a.crt', key: '/a.key', ca: '/b' } }, "'http.tls' has an unknown key 'ca'"],
  [{ tls: true }, "'http.tls' must be an object"],
  [{ also_listen: 8765 }, "'http.also_listen' must be"],
  [{ also_listen: [0] }, "'http.also_listen.0' must be at least 1"],
  [{ also_listen: [8765, 8765] }, "'http.also_listen' must name each port once"],
  [{ also_listen: [7823] }, "'http.also_listen' must name each port once, and not that of 'port'"],
  [{ insecure_lan: 'yes' }, "'http.insecure_lan' must be true or false"],
])('the setting http: %j is refused with the key and the rule', (http, words) => {
  expect(() => configOfText(JSON.stringify({ http }), 'config.json', {})).toThrow(words);
});

test('an address of the network is listened on with a certificate, too', () => {
  const http = { listen: '0.0.0.0', tls: { cert: '/a.crt', key: '/a.key' } };
  expect(configOfText(JSON.stringify({ http }), 'config.json', {}).http).toMatchObject(http);
});
