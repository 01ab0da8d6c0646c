/**
 * The new paths that share a name, but for its case, with another path of the result: as files, or as folders on the way
 * to them.
 */
export function clashes(added: readonly string[], paths: readonly string[]): string[] {
  if (added.length === 0) return [];
  const spellings = new Map<string, string>();
  const doubled = new Set<string>();
  for (const name of new Set([...paths, ...added].flatMap(namesOnTheWay))) {
    const key = keyOf(name);
    const first = spellings.get(key) ?? name;
    spellings.set(key, first);
    if (first !== name) doubled.add(key);
  }
  return added.filter((path) => namesOnTheWay(path).some((name) => doubled.has(keyOf(name))));
}

/** `a/b/c` as `a`, `a/b` and `a/b/c`. */
function namesOnTheWay(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** As file systems of macOS compare names. */
function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
