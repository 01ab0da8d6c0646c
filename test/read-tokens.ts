import type { Bridge } from '../src/bridge/bridge.ts';
import { addCredential } from '../src/bridge/credentials.ts';

/** Makes so many tokens that may read, for more streams than one token may have. */
export async function readTokens(bridge: Bridge, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const added = await addCredential(bridge, `reader-${number}`, 'read', undefined, 'person');
    if (!added.ok) throw new Error(added.refusal);
    tokens.push(added.value.token);
  }
  return tokens;
}
