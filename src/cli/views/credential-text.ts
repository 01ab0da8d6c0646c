/** What `token list` prints. */
import type { ListedCredential } from '../../project/credential.ts';
import type { Layout } from '../terminal/layout.ts';
import { dateAndTime } from '../terminal/time.ts';

export function credentialLines(credentials: readonly ListedCredential[], { now, out }: Layout): string[] {
  const width = Math.max(...credentials.map(({ name }) => name.length));
  return credentials.map(({ name, kind, role, createdAt, lastUsedAt, expiresAt }) => {
    const made = `${kind === 'browser' ? 'signed in' : 'made'} ${dateAndTime(createdAt)}`;
    const used = lastUsedAt === null ? '' : `, used ${dateAndTime(lastUsedAt)}`;
    const line = `${name.padEnd(width)}  ${role.padEnd('decide'.length)}  ${made}${used}`;
    if (expiresAt === null) return line;
    return Date.parse(expiresAt) > now.getTime()
      ? `${line}, until ${dateAndTime(expiresAt)}`
      : `${line}, ${out.style('yellow', `expired ${dateAndTime(expiresAt)}`)}`;
  });
}
