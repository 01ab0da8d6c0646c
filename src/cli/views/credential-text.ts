/** What `token list` prints. */
import type { Credential } from '../../project/credential.ts';
import type { Layout } from '../terminal/layout.ts';
import { dateAndTime } from '../terminal/time.ts';

export function credentialLines(credentials: readonly Credential[], { now, out }: Layout): string[] {
  const width = Math.max(...credentials.map(({ name }) => name.length));
  return credentials.map(({ name, role, createdAt, expiresAt }) => {
    const line = `${name.padEnd(width)}  ${role.padEnd('decide'.length)}  made ${dateAndTime(createdAt)}`;
    if (expiresAt === null) return line;
    return Date.parse(expiresAt) > now.getTime()
      ? `${line}, until ${dateAndTime(expiresAt)}`
      : `${line}, ${out.style('yellow', `expired ${dateAndTime(expiresAt)}`)}`;
  });
}
