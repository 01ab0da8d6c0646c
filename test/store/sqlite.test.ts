import { createRig } from '../rig.ts';
import { storeConformance } from './conformance.ts';

storeConformance('SQLite', async () => {
  // What these tests of transactions count would be counted twice.
  const rig = await createRig({ repeatWrites: false });
  return {
    database: rig.bridge.database,
    connect: async () => (await rig.connect()).database,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
});
