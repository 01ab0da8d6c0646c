/** Changes of one file, one after the other: clients send several calls at once, and each change begins from what is there. */

const last = new Map<string, Promise<unknown>>();

/** Begins once the earlier changes under this key have ended, however they ended. */
export async function oneAtATime<T>(key: string, change: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve();
  const done = before.then(change, change);
  last.set(key, done);
  try {
    return await done;
  } finally {
    if (last.get(key) === done) last.delete(key);
  }
}
