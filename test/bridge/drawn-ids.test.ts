import { expect, test, vi } from 'vitest';
import { createRig } from '../rig.ts';
import { send } from './steps.ts';

const drawn = vi.hoisted((): Buffer[] => []);

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>();
  return { ...crypto, randomBytes: (size: number) => drawn.shift() ?? crypto.randomBytes(size) };
});

test('a plan whose drawn id is taken draws another one', async () => {
  await using rig = await createRig();
  const taken = Buffer.from('00000000000a', 'hex');
  drawn.push(taken, taken, Buffer.from('00000000000b', 'hex'));
  expect((await send(rig)).id).toBe('00000000000a');
  expect((await send(rig)).id).toBe('00000000000b');
});
