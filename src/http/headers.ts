/** The headers of a request. Node's own object keeps the first alone of several `Host` or `Authorization`. */

/** By name in small letters. Several of one name are one text, joined by commas (RFC 9110, section 5.3). */
export type Headers = Pick<ReadonlyMap<string, string>, 'get'>;

/** @param rawHeaders Names and values by turns, as they came. */
export function readHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    const value = rawHeaders[at + 1] as string;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}
