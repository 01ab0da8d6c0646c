import { may, session } from '../session.ts';

/** As whom this browser acknowledges what was read; undefined: it may not. */
export function readerName(): string | undefined {
  return session.value && may('decide') ? `page: ${session.value.name}` : undefined;
}
