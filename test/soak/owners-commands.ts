/**
 * The owner's commands, as config.json has them. What a check does follows from the work alone: each says first what the
 * model left in its mood file, which is how the model learns, from the report, what its work was like.
 */
import { MOOD_FILES } from './moods.ts';

/** Twice would show: a worktree is prepared once, and again only when it was made again. */
export const PREPARE = 'echo prepared >> .prepared; sleep 0.2';

/** Never met, also where the machine has much else to do. */
const LONG = '10m';

const TELL = `cat ${MOOD_FILES} 2>/dev/null`;

/** By its name, a commit of the person's that goes badly with the work of this project, and with no other. */
export function clashFile(tag: string): string {
  return `clash-${tag}`;
}

/** It fails only on a clash; `.prepared` is ignored by git, and there in each worktree that was prepared. */
const green = {
  name: 'green',
  run: 'for one in clash-*; do test ! -e "soak-$(expr "$one" : "clash-\\(.*\\)").log" || exit 1; done; test -s .prepared',
  timeout: LONG,
};

const flaky = { name: 'flaky', run: `${TELL}; sleep 0.3; ! grep -q '^red' ${MOOD_FILES}`, timeout: LONG };

/** Far more than is kept. */
const loud = { name: 'loud', run: 'head -c 8000000 /dev/zero | tr "\\0" "\\n"', timeout: LONG };

const hanging = {
  name: 'hanging',
  run: `${TELL}; if grep -q '^red' ${MOOD_FILES}; then sleep 600; fi`,
  timeout: '5s',
};

/** Its child is in a session of its own, and holds the output. */
const leaving = { name: 'leaving', run: 'setsid sleep 600 & sleep 0.2', timeout: LONG };

export const CHECKS = { green, flaky, hanging, leaving, loud };
