import { createRig } from '../rig.ts';
import { storeConformance } from './conformance.ts';

storeConformance('SQLite', async () => {
  const rig = await createRig();
  return {
    database: rig.bridge.database,
    connect: () => rig.connect().database,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
});
