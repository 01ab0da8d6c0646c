/** Times as other programs write them. */

/** In the form of the store; one without a zone is UTC. Undefined when it is none. */
export function timeOf(text: string): string | undefined {
  const hasZone = /([zZ]|[+-]\d\d:?\d\d)$/.test(text);
  const time = SECONDS.test(text)
    ? new Date(Number(text) * 1_000)
    : new Date(hasZone ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** Since 1970, as time.time() of Python counts; a year alone is shorter. */
const SECONDS = /^\d{9,11}(\.\d+)?$/;
