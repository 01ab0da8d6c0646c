import type { Credential } from '../../project/credential.ts';

/** As the record has who decided. */
export function recordedName({ name }: Pick<Credential, 'name'>): string {
  return `person: ${name}`;
}
