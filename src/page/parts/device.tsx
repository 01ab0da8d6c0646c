/** Whether this browser is notified, and the button that changes it. */
import { useSignal } from '@preact/signals';
import type { WirePush } from '../../wire/schemas/push.ts';
import { announce } from '../announce.ts';
import type { Problem } from '../api.ts';
import { ofDevices } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { beginPush, endPush, type Missing, missingFor } from '../push.ts';
import { ProblemNote } from './problem.tsx';
import { At } from './text.tsx';

export function Device() {
  const push = useResource<WirePush>('/push', ofDevices);
  const isUnderWay = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const state = push.value;
  const change = async (work: () => Promise<Problem | Missing | undefined>, done: string) => {
    if (isUnderWay.peek()) return;
    isUnderWay.value = true;
    const failed = await work();
    isUnderWay.value = false;
    problem.value = typeof failed === 'object' ? failed : undefined;
    if (failed === undefined) announce(done);
    push.refresh();
  };
  const missing = state && missingFor(state);
  return (
    <section class="part">
      <h2>Notifications</h2>
      <ProblemNote problem={problem.value ?? push.problem} />
      {missing !== undefined && <p class="quiet">{WORDS[missing]}</p>}
      {state && state.told_since !== null && (
        <>
          <p>
            This device is told what waits for you, since <At time={state.told_since} />.
          </p>
          <div class="choices">
            <button
              type="button"
              disabled={isUnderWay.value}
              onClick={() => void change(endPush, 'Stopped.')}
            >
              Stop
            </button>
          </div>
        </>
      )}
      {state && state.told_since === null && state.public_key !== null && missing === undefined && (
        <div class="choices">
          <button
            type="button"
            disabled={isUnderWay.value}
            onClick={() => void change(() => beginPush(state.public_key ?? ''), 'This device is told.')}
          >
            Tell me on this device
          </button>
        </div>
      )}
    </section>
  );
}

const WORDS: Readonly<Record<Missing, string>> = {
  configuration:
    'This device can be told what waits for you, once config.json has {"via": "push"} in “notify” and an https address in “http.public_url”.',
  https:
    'A browser is notified only by a page that came over HTTPS, or from its own machine as localhost. Open the page by that address.',
  'home-screen':
    'An iPhone or iPad is notified only by a page on its Home Screen: Share, Add to Home Screen, then open it from there.',
  support: 'This browser has no Web Push.',
  permission:
    'This browser may not show notifications of this page. Allow them in its settings for this site, then come back.',
};
