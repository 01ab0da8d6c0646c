/** Versions of programs: numbers with points between. */

/** The first version such as 2.1.329 in a text. */
export function versionIn(text: string): string | undefined {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0];
}

/** Whether `version` is at least `least`; both of numbers and points. */
export function isAtLeast(version: string, least: string): boolean {
  const [ours, theirs] = [version, least].map((text) => text.split('.').map(Number));
  for (const [index, number] of (theirs ?? []).entries()) {
    const other = ours?.[index] ?? 0;
    if (other !== number) return other > number;
  }
  return true;
}
