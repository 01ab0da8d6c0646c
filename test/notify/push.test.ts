/** Each device whose browser has asked is told by itself, encrypted for it alone, for as long as it is signed in. */
import { createECDH } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { revokeCredential } from '../../src/bridge/credentials.ts';
import { addPushDevice, pushKeys } from '../../src/bridge/push-devices.ts';
import { approve } from '../../src/bridge/reviews.ts';
import { makeSignInCode, signIn } from '../../src/bridge/sign-in.ts';
import { configOfText } from '../../src/config.ts';
import { testReceivers } from '../../src/control/test-receivers.ts';
import { encrypt } from '../../src/notify/encrypt.ts';
import { createSender } from '../../src/notify/send.ts';
import type { ProjectId } from '../../src/project/ids.ts';
import { isPushService, MAX_PUSH_DEVICES } from '../../src/project/push.ts';
import { accepted, send } from '../bridge/steps.ts';
import { measure, workOn } from '../bridge/submitted.ts';
import { eventually } from '../eventually.ts';
import { type PushService, startPushService } from './push-service.ts';
import { answering } from './receiver.ts';
import { type Notifying, notifying } from './rig.ts';

let on: Notifying;
let service: PushService;
beforeEach(async () => {
  on = await notifying();
  service = await startPushService();
});
afterEach(async () => {
  await on[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  expect(service.wrong).toEqual([]);
});

const HTTP = { public_url: 'https://box.example' };
const push = (more: object = {}) => ({ via: 'push', services: [service.origin], ...more });

/** A browser signs in, and asks to be told. */
async function join(name: string): Promise<void> {
  const { code } = await makeSignInCode(on.rig.bridge, { name, role: 'decide', lifetimeMs: 60_000 });
  accepted(await signIn(on.rig.bridge, code));
  await ask(name);
}

async function ask(name: string): Promise<void> {
  const { endpoint, keys } = service.subscribe(name);
  accepted(await addPushDevice(on.rig.bridge, { name, endpoint, ...keys }, `person: ${name}`));
}

async function startWith(...names: string[]): Promise<void> {
  for (const name of names) await join(name);
  await on.start([push()], { http: HTTP }, names.length);
}

/** Work of a new project that waits for a decision. */
async function waiting(title = 'Build a clock'): Promise<ProjectId> {
  const { id } = await send(on.rig, `# ${title}`);
  await workOn(on.rig, id);
  await measure(on.rig);
  return id;
}

const told = (name: string) =>
  service.pushed.filter((one) => one.name === name).map(({ message }) => message.title);

async function untilTold(name: string, count: number): Promise<void> {
  await eventually(() => expect(told(name)).toHaveLength(count), 5);
}

const states = (name: string) =>
  on.rig
    .rowsOf('notifications')
    .filter(({ receiver }) => receiver === `push:${name}`)
    .map(({ kind, state }) => `${kind} ${state}`);

test('what is encrypted for a browser is that of RFC 8291, byte for byte', () => {
  const key = createECDH('prime256v1');
  key.setPrivateKey('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url');
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
  const sent = encrypt(Buffer.from('When I grow up, I want to be a watermelon'), keys, { key, salt });
  expect(sent.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('a device is told what waits, by whom it knows, and what was decided takes its place', async () => {
  await startWith('phone');
  const id = await waiting('Build a "clock" & $(id)');
  await untilTold('phone', 1);
  const [first] = service.pushed;
  expect(first?.message).toEqual({
    title: 'Decision wanted: Build a "clock" & $(id)',
    body: expect.any(String),
    tag: `p-${id}`,
    path: `/#/p/${id}/r1`,
    isOver: false,
  });
  const { publicKey } = await pushKeys(on.rig.bridge);
  expect(first?.headers).toMatchObject({
    ttl: '86400',
    urgency: 'high',
    topic: expect.stringMatching(/^[\w-]{32}$/),
    'content-encoding': 'aes128gcm',
    authorization: expect.stringMatching(new RegExp(`, k=${publicKey}$`)),
  });
  expect(first?.claims).toEqual({
    aud: service.origin,
    exp: Math.floor(on.rig.clock.now().getTime() / 1_000) + 12 * 3_600,
    sub: HTTP.public_url,
  });
  accepted(await approve(on.rig.bridge, id, 'person'));
  await untilTold('phone', 2);
  const [, second] = service.pushed;
  expect(second?.message).toMatchObject({ tag: `p-${id}`, isOver: true });
  expect(second?.headers.topic).toBe(first?.headers.topic);
});

test('a device that asks while the supervisor works is told what comes from then on, and nothing of the past', async () => {
  await startWith('phone');
  await waiting('The past');
  await untilTold('phone', 1);
  await join('laptop');
  await eventually(() => expect(on.rig.rowsOf('receivers')).toHaveLength(2), 5);
  await waiting('What comes');
  await untilTold('laptop', 1);
  await untilTold('phone', 2);
  expect(told('laptop')).toEqual(['Decision wanted: What comes']);
});

test.each([
  ['fails', (response: ServerResponse) => answering(500)(response)],
  ['asks for a pause', (response: ServerResponse) => answering(429, { 'retry-after': '60' })(response)],
  ['hangs', () => undefined],
  [
    'redirects',
    (response: ServerResponse) => answering(307, { location: `${service.origin}/send/laptop` })(response),
  ],
  ['hangs up', (response: ServerResponse) => void response.destroy()],
])('a device whose push service %s delays and repeats nothing for another', async (_, answer) => {
  await startWith('laptop', 'phone');
  service.answer('phone', answer);
  await waiting();
  await untilTold('laptop', 1);
  await untilTold('phone', 1);
  // Any number of tries for the one, and still a single one for the other.
  await waiting('Another');
  await untilTold('laptop', 2);
  expect(told('laptop')).toEqual(['Decision wanted: Build a clock', 'Decision wanted: Another']);
  await eventually(
    () => expect(states('laptop')).toEqual(['decision_wanted sent', 'decision_wanted sent']),
    5,
  );
  expect(states('phone')).not.toContain('decision_wanted sent');
});

test('what a push service has refused is tried again when it says so, under the same tag', async () => {
  await startWith('phone');
  service.answer('phone', answering(429, { 'retry-after': '60' }));
  await waiting();
  await untilTold('phone', 1);
  await eventually(() => expect(states('phone')).toEqual(['decision_wanted waiting']), 5);
  service.answer('phone', answering(201));
  on.rig.clock.advance(60_000);
  await untilTold('phone', 2);
  await eventually(() => expect(states('phone')).toEqual(['decision_wanted sent']), 5);
});

test.each([
  404, 410,
])('a device whose push service answers %i is forgotten, and the history says so', async (status) => {
  await startWith('laptop', 'phone');
  service.answer('phone', answering(status));
  await waiting();
  await eventually(
    () => expect(on.rig.rowsOf('push_devices').map(({ name }) => name)).toEqual(['laptop']),
    5,
  );
  await untilTold('laptop', 1);
  expect(states('phone')).toEqual([]);
  const removed = on.rig.rowsOf('events').filter(({ type }) => type === 'device.removed');
  expect(removed.map(({ data }) => JSON.parse(String(data)))).toEqual([{ name: 'phone', reason: 'gone' }]);
});

test('a browser that was revoked is told nothing more, also of what was on its way to it', async () => {
  await startWith('laptop', 'phone');
  service.answer('phone', answering(500));
  await waiting();
  await untilTold('phone', 1);
  accepted(await revokeCredential(on.rig.bridge, 'phone', 'person'));
  expect(on.rig.rowsOf('push_devices').map(({ name }) => name)).toEqual(['laptop']);
  expect(states('phone')).toEqual([]);
  on.rig.clock.advance(24 * 3_600_000);
  await waiting('Another');
  await untilTold('laptop', 2);
  expect(told('phone')).toHaveLength(1);
});

test('a browser whose sign-in has run out is told nothing more', async () => {
  await startWith('phone');
  await waiting();
  await untilTold('phone', 1);
  on.rig.clock.advance(31 * 24 * 3_600_000);
  await waiting('Another');
  await eventually(() => expect(on.rig.rowsOf('receivers')).toEqual([]), 5);
  expect(told('phone')).toHaveLength(1);
});

test('a browser that names another address is told there, and once', async () => {
  await startWith('phone');
  await ask('phone');
  await waiting();
  await untilTold('phone', 1);
  expect(on.rig.rowsOf('push_devices')).toHaveLength(1);
});

test('what a supervisor was sending when it ended is tried once more, and no device is told twice beside it', async () => {
  await startWith('laptop', 'phone');
  service.answer('phone', () => undefined);
  await waiting();
  await untilTold('phone', 1);
  await eventually(() => expect(states('laptop')).toEqual(['decision_wanted sent']), 5);
  service.answer('phone', answering(201));
  await on.start([push()], { http: HTTP }, 2);
  await untilTold('phone', 2);
  await eventually(() => expect(states('phone')).toEqual(['decision_wanted sent']), 5);
  expect(told('laptop')).toHaveLength(1);
});

test('a test reaches one device by its name, and says of push that nobody has asked for what to do', async () => {
  const config = configOfText(JSON.stringify({ notify: [push()], http: HTTP }), 'config.json', {});
  const sender = createSender({ env: {}, clock: on.rig.clock, publicUrl: HTTP.public_url });
  const run = (name?: string) =>
    testReceivers(on.rig.bridge, config.notify, name, sender, new AbortController().signal);
  expect(accepted(await run())).toMatchObject([
    { receiver: { name: 'push' }, problem: expect.stringMatching(/^no browser has asked/) },
  ]);
  await join('laptop');
  await join('phone');
  expect(accepted(await run('push:phone'))).toMatchObject([
    { receiver: { name: 'push:phone' }, problem: null },
  ]);
  expect(accepted(await run('push'))).toHaveLength(2);
  expect((await run('push:nobody')).ok).toBe(false);
  service.answer('phone', answering(410));
  expect(accepted(await run('push:phone'))[0]?.problem).toBe('the answer was 410: it wants nothing more');
  expect(on.rig.rowsOf('push_devices').map(({ name }) => name)).toEqual(['laptop']);
});

test('an address that is none of a push service is never asked, also where the configuration has changed since', async () => {
  await join('phone');
  await on.start([{ via: 'push' }], { http: HTTP }, 1);
  await waiting();
  await eventually(() => expect(states('phone')).toEqual(['decision_wanted waiting']), 5);
  expect(on.rig.rowsOf('receivers')[0]?.problem).toMatch(/^its push service is none that is known/);
  expect(service.pushed).toEqual([]);
});

test.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/x', true],
  ['https://web.push.apple.com/x', true],
  ['https://wns2-par02p.notify.windows.com/w/?token=x', true],
  ['http://fcm.googleapis.com/x', false],
  ['https://fcm.googleapis.com:8443/x', false],
  ['https://fcm.googleapis.com.evil.example/x', false],
  ['https://evilpush.apple.com.example/x', false],
  ['https://notify.windows.com.evil/x', false],
  ['https://user:secret@fcm.googleapis.com/x', false],
  ['https://127.0.0.1/x', false],
  ['https://169.254.169.254/latest/meta-data', false],
  ['https://own.example/x', true],
  ['https://own.example:444/x', false],
  ['nothing', false],
])('whether %s is a push service is told rightly', (endpoint, isOne) => {
  expect(isPushService(endpoint, ['https://own.example'])).toBe(isOne);
});

test('no more devices are taken than may be told, and no keys that are none', async () => {
  await startWith('phone');
  const { endpoint, keys } = service.subscribe('phone');
  const add = (device: object) =>
    addPushDevice(on.rig.bridge, { name: 'phone', endpoint, ...keys, ...device }, 'person');
  expect(await add({ p256dh: Buffer.alloc(65, 4).toString('base64url') })).toMatchObject({ ok: false });
  expect(await add({ p256dh: 'x' })).toMatchObject({ ok: false });
  expect(await add({ auth: 'x' })).toMatchObject({ ok: false });
  expect(await add({ name: 'nobody', endpoint: `${endpoint}/2` })).toMatchObject({ ok: false });
  for (let number = 2; number <= MAX_PUSH_DEVICES; number += 1) await join(`phone-${number}`);
  await expect(join('one-more')).rejects.toThrow(`${MAX_PUSH_DEVICES} devices are told already`);
});

test.each([
  [{ notify: [{ via: 'push' }] }, "'push' needs the page"],
  [{ notify: [{ via: 'push' }], http: { public_url: 'http://box.example' } }, "'push' needs the page"],
  [{ notify: [{ via: 'push' }], http: { ...HTTP, enabled: false } }, "'push' needs the page"],
  [{ notify: [{ via: 'push', services: ['http://10.0.0.1'] }], http: HTTP }, 'must be the https address'],
  [{ notify: [{ via: 'push', services: ['https://a.example/x'] }], http: HTTP }, 'must be the https address'],
])('a configuration in which nobody could ask for push is refused: %j', (config, why) => {
  expect(() => configOfText(JSON.stringify(config), 'config.json', {})).toThrow(why);
});

test('a page of this machine alone may ask for push without https', () => {
  const config = { notify: [{ via: 'push' }], http: { public_url: 'http://localhost:7823' } };
  expect(configOfText(JSON.stringify(config), 'config.json', {}).notify).toHaveLength(1);
});
