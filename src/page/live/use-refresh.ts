import { useEffect } from 'preact/hooks';
import { every } from '../browser-clock.ts';

/** What a run does at the moment is in no event: it is looked at while somebody looks. */
const LOOK_MS = 5_000;

export function useRefreshWhile(isNeeded: boolean, refresh: () => void): void {
  useEffect(() => {
    if (!isNeeded) return;
    return every(LOOK_MS, () => {
      if (document.visibilityState === 'visible') refresh();
    });
  }, [isNeeded]);
}
