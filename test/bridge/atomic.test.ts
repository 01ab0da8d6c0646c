import { describe, expect, test } from 'vitest';
import { createRig } from '../rig.ts';
import { beSupervisor, changingNothing } from './steps.ts';
import { VERBS } from './verbs.ts';

describe('a change and its event', () => {
  test.each(
    Object.entries(VERBS),
  )('a change whose event cannot be stored changes nothing: %s', async (_, prepare) => {
    await using rig = await createRig();
    await beSupervisor(rig);
    const verb = await prepare(rig);
    rig.tamper("CREATE TRIGGER no BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room for it'); END");
    await changingNothing(rig.bridge, () => expect(verb()).rejects.toThrow('no room for it'));
    rig.tamper('DROP TRIGGER no');
    // It was the event, and nothing else.
    await verb();
  });
});
