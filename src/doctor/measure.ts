/** Numbers and words as a person reads them, and versions as they compare. */

export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

export function counted(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** As a sentence begins. */
export function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

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
