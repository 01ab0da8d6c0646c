import { connection } from '../live/connection.ts';

const WORDS = { connecting: 'connecting', live: 'live', lost: 'lost' } as const;

/** Whether what is shown is what is so now. */
export function LiveDot() {
  const { state } = connection.value;
  return <span class={`live live-${state}`}>{WORDS[state]}</span>;
}
