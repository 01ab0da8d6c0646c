/** What a client over HTTP sends, once it has been let in. */
import type { Actor } from '../project/actor.ts';
import type { Credential } from '../project/credential.ts';
import type { Side } from '../project/toolset.ts';

/**
 * Whose tools: those of Claude Desktop, those of a person's own Claude Code, or those of a toolset. Scripts run for a client
 * that is there, and a relay has two sides that no token is.
 */
export type HttpSide = Exclude<Side, UnservedSide>;

/** What is served over standard input and output alone. */
export type UnservedSide = 'scripts' | 'relay';

/** One message of a client whose credential has been checked. */
export interface HttpMessage {
  /** As it was parsed from JSON. */
  readonly message: object;
  readonly headers: Headers;
  readonly caller: Credential;
  /** As the record has the caller. */
  readonly actor: Actor;
  /** Aborts when the client goes away: nobody reads an answer any more. */
  readonly gone: AbortSignal;
  /** Aborts when the server ends: what waits is answered at once. */
  readonly ending: AbortSignal;
  /** Notes a write of the caller. Returns after how many seconds it may be tried again; 0: it may go on. */
  waitToWrite(): number;
  /** Whether the credential still counts: it may be revoked while a call waits. */
  isStillAdmitted(): Promise<boolean>;
}
