/**
 * Leaves out what begins after TEST_DEADLINE, in milliseconds since 1970: a run that must end lists by name what it had no
 * time for.
 */
import { beforeEach } from 'vitest';

const deadline = Number(process.env.TEST_DEADLINE ?? Number.POSITIVE_INFINITY);

beforeEach(({ skip }) => {
  skip(Date.now() > deadline, 'no time was left for it; npm run test:slow runs it');
});
