/** Work that is asked for again and again. Pure. */

/** Many reasons in a row are one reason to do it. */
export const MIN_PAUSE_MS = 250;

export interface Repeated {
  ask(): void;
  isOver(): boolean;
  /** What is asked for from now on is not done. */
  end(): void;
}

/**
 * Does the work at once, then again when it was asked for meanwhile: never twice at a time, never late for good.
 *
 * @param pause How long it rests after each time.
 */
export function repeatedWork(work: () => Promise<void>, pause: () => Promise<void>): Repeated {
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
    void round();
  };
  const round = async (): Promise<void> => {
    try {
      await work();
    } finally {
      await pause();
      isUnderWay = false;
      if (isAskedAgain) {
        isAskedAgain = false;
        ask();
      }
    }
  };
  return {
    ask,
    isOver: () => isOver,
    end: () => {
      isOver = true;
    },
  };
}
