import { after } from '../browser-clock.ts';

/** Many reasons in a row are one reason to do it. */
const PAUSE_MS = 250;

/** Does the work at once, then again when it was asked for meanwhile: never twice at a time, never late for good. */
export function repeatedly(work: () => Promise<void>) {
  let isUnderWay = false;
  let isAskedAgain = false;
  let isOver = false;
  const ask = (): void => {
    if (isOver) return;
    if (isUnderWay) {
      isAskedAgain = true;
      return;
    }
    isUnderWay = true;
    void work().finally(() => {
      after(PAUSE_MS, () => {
        isUnderWay = false;
        if (!isAskedAgain) return;
        isAskedAgain = false;
        ask();
      });
    });
  };
  return {
    ask,
    isOver: () => isOver,
    end: () => {
      isOver = true;
    },
  };
}
