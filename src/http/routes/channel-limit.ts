/** How many a client wants, which may write what it likes: 1 to `max`; undefined where that is no number. */
export function limitIn(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d{1,9}$/.test(text.trim())) return undefined;
  return Math.min(Math.max(Number(text), 1), max);
}
