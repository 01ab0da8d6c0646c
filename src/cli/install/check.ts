/** What is looked at before a service is installed, each as one line. */

export interface Check {
  readonly what: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** What to do about it; null when it is well. */
  readonly fix: string | null;
}

export function ok(what: string, detail: string): Check {
  return { what, state: 'ok', detail, fix: null };
}

export function warning(what: string, detail: string, fix: string): Check {
  return { what, state: 'warning', detail, fix };
}

export function problem(what: string, detail: string, fix: string): Check {
  return { what, state: 'problem', detail, fix };
}
