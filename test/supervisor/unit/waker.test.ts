import { describe, expect, test } from 'vitest';
import { watchChanges } from '../../../src/bridge/changes.ts';
import { pause } from '../../../src/bridge/holds.ts';
import { Waker } from '../../../src/supervisor/waker.ts';
import { createRig, type Rig } from '../../rig.ts';

const NEVER = new AbortController().signal;

function open(rig: Rig): Waker & AsyncDisposable {
  const waker = new Waker(watchChanges(rig.bridge), rig.clock);
  return Object.assign(waker, {
    async [Symbol.asyncDispose]() {
      waker.close();
    },
  });
}

const inMinutes = (rig: Rig, minutes: number) => new Date(rig.clock.now().getTime() + minutes * 60_000);

describe('waking of the supervisor', () => {
  test('the supervisor sleeps until another process changes something', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    const waiting = waker.wait(NEVER, undefined);
    await pause(await rig.connect(), 'lunch', 'person');
    await waiting;
  });

  test('the supervisor sleeps until it is woken', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    const waiting = waker.wait(NEVER, undefined);
    waker.wake();
    await waiting;
  });

  test('the supervisor sleeps until its appointment', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    const waiting = waker.wait(NEVER, inMinutes(rig, 5));
    rig.clock.advance(5 * 60_000);
    await waiting;
  });

  test('the supervisor does not sleep when the appointment is past', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    await waker.wait(NEVER, inMinutes(rig, -5));
  });

  test('the supervisor sleeps until it is stopped, even when stopped before', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    const stop = new AbortController();
    const waiting = waker.wait(stop.signal, undefined);
    stop.abort();
    await waiting;
    await waker.wait(stop.signal, undefined);
  });
});

describe('changes while the supervisor wakes', () => {
  test('a change that came while nobody slept is not lost', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    waker.wake();
    await waker.wait(NEVER, undefined);
    await pause(await rig.connect(), 'lunch', 'person');
    await waker.wait(NEVER, undefined);
  });

  test('a change that comes while an appointment ends a sleep is not lost', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    const other = await rig.connect();
    const waiting = waker.wait(NEVER, inMinutes(rig, 1));
    rig.clock.advance(60_000);
    await waiting;
    await pause(other, 'lunch', 'person');
    await waker.wait(NEVER, undefined);
  });

  test('one wake-up ends one sleep', async () => {
    await using rig = await createRig();
    await using waker = open(rig);
    waker.wake();
    waker.wake();
    await waker.wait(NEVER, undefined);
    let awake = false;
    const stop = new AbortController();
    const waiting = waker.wait(stop.signal, inMinutes(rig, 1)).then(() => {
      awake = true;
    });
    await new Promise(setImmediate);
    expect(awake).toBe(false);
    stop.abort();
    await waiting;
  });
});
