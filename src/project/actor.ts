/** Who did something, as the history and each decision name it. */
import type { Credential } from './credential.ts';
import type { DecidedVia } from './review.ts';

/** One of our programs, or a person: at the machine itself, or with a credential of the HTTP API, by its name. */
export type Actor = 'desktop' | 'code' | 'person' | 'supervisor' | PersonWithCredential;
type PersonWithCredential = `person: ${string}`;

/** A person who calls over HTTP. Somebody without a credential has nobody's name. */
export function callerAsActor(caller: Pick<Credential, 'name'> | undefined): Actor {
  return caller ? `person: ${caller.name}` : 'person';
}

/** The way in which whoever it is decides: the supervisor does so by a rule of the owner alone. */
export function viaOf(actor: Actor): DecidedVia {
  if (actor === 'desktop') return 'desktop';
  if (actor === 'supervisor') return 'rule';
  return actor.startsWith('person: ') ? 'http' : 'cli';
}
