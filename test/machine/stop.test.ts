import { describe, expect, vi } from 'vitest';
import { systemClock as clock } from '../../src/clock.ts';
import { isAlive } from '../../src/machine/identity.ts';
import { stopChild } from '../../src/machine/stop.ts';
import { onWindows } from '../platform.ts';
import { test } from './rig.ts';

/** A step that is meant to work gets long enough for a busy machine; one that is meant to fail is not waited for. */
const LONG = 20_000;
const SHORT = 50;

describe.skipIf(onWindows)('stopping a child by the gentlest step that works (needs signals)', () => {
  test('a child stops at a request through its input', async ({ rig }) => {
    const { child } = await rig.puppet();
    const interrupt = (): boolean => child.write('exit 0');
    const graceMs = { interrupt: LONG, int: SHORT, term: SHORT };
    expect(await stopChild(child, { interrupt, graceMs, clock })).toBe('interrupt');
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  test('a child stops at SIGINT when the request is not heard or cannot be sent', async ({ rig }) => {
    for (const heard of [true, false]) {
      const { child } = await rig.puppet();
      const graceMs = { interrupt: heard ? SHORT : LONG, int: LONG, term: SHORT };
      expect(await stopChild(child, { interrupt: () => heard, graceMs, clock })).toBe('SIGINT');
    }
  });

  test('a child that ignores SIGINT stops at SIGTERM', async ({ rig }) => {
    const { child } = await rig.puppet('ignore-int');
    const graceMs = { interrupt: SHORT, int: SHORT, term: LONG };
    expect(await stopChild(child, { interrupt: () => false, graceMs, clock })).toBe('SIGTERM');
  });

  test('a child that ignores everything stops at SIGKILL', async ({ rig }) => {
    const { child } = await rig.puppet('ignore-int ignore-term');
    const graceMs = { interrupt: SHORT, int: SHORT, term: SHORT };
    expect(await stopChild(child, { graceMs, clock })).toBe('SIGKILL');
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('a frozen child is woken to hear the request', async ({ rig }) => {
    const { child } = await rig.puppet();
    process.kill(child.identity.pid, 'SIGSTOP');
    const graceMs = { interrupt: SHORT, int: LONG, term: SHORT };
    expect(await stopChild(child, { graceMs, clock })).toBe('SIGINT');
  });

  test('a child that has ended gets no signal', async ({ rig }) => {
    const { child } = await rig.puppet();
    child.write('exit 0');
    await child.exited;
    const interrupt = vi.fn(() => true);
    const graceMs = { interrupt: LONG, int: LONG, term: LONG };
    expect(await stopChild(child, { interrupt, graceMs, clock })).toBe('already-ended');
    expect(interrupt).not.toHaveBeenCalled();
  });

  test('a process known only by its identity is stopped the same way', async ({ rig }) => {
    const { child } = await rig.puppet('ignore-int');
    const graceMs = { interrupt: SHORT, int: SHORT, term: LONG };
    expect(await stopChild({ identity: child.identity }, { graceMs, clock })).toBe('SIGTERM');
    await child.exited;
  });

  test('stopping leaves another process under a recycled pid alone', async ({ rig }) => {
    const { child } = await rig.puppet();
    const former = { pid: child.identity.pid, startedAt: 'long ago' };
    const graceMs = { interrupt: SHORT, int: SHORT, term: SHORT };
    expect(await stopChild({ identity: former }, { graceMs, clock })).toBe('already-ended');
    expect(await isAlive(child.identity)).toBe(true);
    child.write('exit 0');
    await child.exited;
  });
});
