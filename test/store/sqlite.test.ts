import { databaseOf } from '../../src/bridge/open-bridge.ts';
import { createRig } from '../rig.ts';
import { storeConformance } from './conformance.ts';

storeConformance('SQLite', async () => {
  // What these tests of transactions count would be counted twice.
  const rig = await createRig({ repeatWrites: false });
  return {
    database: databaseOf(rig.bridge),
    connect: async () => databaseOf(await rig.connect()),
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
});
