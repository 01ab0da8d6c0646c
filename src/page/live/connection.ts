/**
 * Follows the history. A browser has six connections to a server and every tab would hold one for ever, so one tab holds
 * the stream and tells the others; when it closes, another takes over.
 */
import { signal } from '@preact/signals';
import type { WireEvent } from '../../wire/schemas/event.ts';
import { announce } from '../announce.ts';
import { signedIn } from '../api.ts';
import { after, every, serverTime } from '../browser-clock.ts';
import { lookUpSession } from '../session.ts';
import { readStream } from './read-stream.ts';

/** Whether what is shown is what is so now. `since` is when the connection was lost, in milliseconds since 1970. */
export type Connection =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly since: number };

export const connection = signal<Connection>({ state: 'connecting' });

/** The server runs another version than the one this page came from. */
export const hasNewVersion = signal(false);

/** The messages of all channels, by their numbers. */
interface KeptMessages {
  /** Null: there is none, as where nobody uses channels. */
  readonly newest: number | null;
  /** Those before it are gone; null: not known. */
  readonly oldest: number | null;
}

export const keptMessages = signal<KeptMessages>({ newest: null, oldest: null });

const LOCK = 'bridge-stream';
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 10_000;
/** The leader tells the others every few seconds that it is there. */
const LEADER_BEAT_MS = 5_000;
const MAX_LEADER_SILENCE_MS = 15_000;

type Told =
  | { readonly kind: 'event'; readonly event: WireEvent }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'hello'; readonly version: string }
  | { readonly kind: 'channels'; readonly kept: KeptMessages }
  | { readonly kind: 'who' };

type Listener = (event: WireEvent | undefined) => void;

const listeners = new Set<Listener>();
const channel = new BroadcastChannel('bridge-live');
let isLeader = false;
let leaderSeenAt = 0;
let stream: AbortController | undefined;
let version: string | undefined;

/** Calls it with each event; without one when anything may have happened. Returns what ends it. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startFollowing(): void {
  channel.onmessage = ({ data }: MessageEvent<Told>) => hear(data);
  channel.postMessage({ kind: 'who' } satisfies Told);
  lead(false);
  every(LEADER_BEAT_MS, () => {
    if (isLeader) tell({ kind: 'connection', connection: connection.value });
  });
  // Phones cut streams of pages in the background without a word.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wakeUp();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) wakeUp();
  });
  addEventListener('online', wakeUp);
}

/** Fetches everything, and opens the stream again. */
export function wakeUp(): void {
  for (const listener of listeners) listener(undefined);
  if (isLeader) stream?.abort();
  // The tab that held the stream may sleep.
  else if (serverTime() - leaderSeenAt > MAX_LEADER_SILENCE_MS) lead(true);
}

/** Becomes the tab that holds the stream as soon as none does. Elsewhere than on this machine or over TLS there are no locks. */
function lead(steal: boolean): void {
  if (!('locks' in navigator)) {
    void hold();
    return;
  }
  navigator.locks.request(LOCK, steal ? { steal } : {}, hold).catch(() => {
    // Another tab took it over: this one waits for its turn.
    stream?.abort();
    isLeader = false;
    lead(false);
  });
}

async function hold(): Promise<void> {
  isLeader = true;
  let waitMs = RETRY_MS;
  while (isLeader) {
    if (signedIn.value !== 'yes') await becomesSignedIn();
    if (!isLeader) return;
    stream = new AbortController();
    let wasOpen = false;
    const { status } = await readStream('/events', stream.signal, (frame) => {
      wasOpen = true;
      waitMs = RETRY_MS;
      take(frame);
    });
    if (!isLeader) return;
    if (status === 401) {
      signedIn.value = 'no';
      continue;
    }
    if (stream.signal.aborted) continue;
    if (!wasOpen || status !== 200) setConnection({ state: 'lost', since: lostSince() });
    await pause(waitMs);
    waitMs = Math.min(MAX_RETRY_MS, waitMs * 1.5);
    if (signedIn.value === 'yes') await lookUpSession();
  }
}

function lostSince(): number {
  return connection.value.state === 'lost' ? connection.value.since : serverTime();
}

/** Where nobody could say who this browser is, that is asked again. */
async function becomesSignedIn(): Promise<void> {
  while (signedIn.peek() !== 'yes') {
    if (signedIn.peek() === 'no') await change();
    else {
      setConnection({ state: 'lost', since: lostSince() });
      await pause(RETRY_MS);
      await lookUpSession();
    }
  }
}

/** Resolves when it is known otherwise whether this browser is signed in. */
function change(): Promise<void> {
  return new Promise((resolve) => {
    const before = signedIn.peek();
    const end = signedIn.subscribe((state) => {
      if (state === before) return;
      queueMicrotask(() => end());
      resolve();
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void after(ms, resolve));
}

interface Hello {
  readonly version: string;
  readonly build: string;
  readonly channels: number | null;
}

function take({ name, data }: { readonly name: string | undefined; readonly data: string }): void {
  if (name === undefined) {
    tellAll({ kind: 'event', event: JSON.parse(data) as WireEvent });
    return;
  }
  if (name === 'hello') {
    const hello = JSON.parse(data) as Hello;
    setConnection({ state: 'live' });
    tellAll({ kind: 'hello', version: `${hello.version} ${hello.build}` });
    tellAll({ kind: 'channels', kept: { newest: hello.channels, oldest: null } });
  }
  if (name === 'channels') tellAll({ kind: 'channels', kept: JSON.parse(data) as KeptMessages });
  if (name === 'bye') {
    const { reason } = JSON.parse(data) as { readonly reason: string };
    if (reason === 'revoked') void lookUpSession();
  }
}

function setConnection(next: Connection): void {
  const { state } = connection.value;
  connection.value = next;
  if (next.state === 'lost' && state !== 'lost') announce('Connection lost.');
  if (next.state === 'live' && state === 'lost') announce('Connected again.');
  tell({ kind: 'connection', connection: next });
}

/** Here, and in the other tabs. */
function tellAll(told: Told): void {
  hear(told);
  tell(told);
}

function tell(told: Told): void {
  if (isLeader) channel.postMessage(told);
}

function hear(told: Told): void {
  if (told.kind === 'who') {
    tell({ kind: 'connection', connection: connection.value });
    tell({ kind: 'channels', kept: keptMessages.value });
    return;
  }
  if (!isLeader) leaderSeenAt = serverTime();
  if (told.kind === 'connection') {
    if (connection.value.state !== told.connection.state) connection.value = told.connection;
    return;
  }
  if (told.kind === 'channels') {
    keptMessages.value = told.kept;
    return;
  }
  if (told.kind === 'hello') {
    if (version !== undefined && version !== told.version) hasNewVersion.value = true;
    version ??= told.version;
  }
  for (const listener of listeners) listener(told.kind === 'event' ? told.event : undefined);
}
