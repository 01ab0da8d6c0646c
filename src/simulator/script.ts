/**
 * A script plays the model: it is asked once for every request of Claude's agent loop, retries included, and says what
 * the API answers. These helpers build scripts from steps.
 */
import { apiError, type ErrorReply, type Reply } from './reply.ts';
import type { ScriptTurn } from './turn.ts';

export type Script = (turn: ScriptTurn) => Reply | Promise<Reply>;

/** A fixed reply, or a script for one turn, for example to use an id out of a tool result. */
export type ScriptStep = Reply | Script;

/**
 * Plays the steps in order, one per request, whatever conversation it belongs to. After the last step every request is
 * refused, which ends Claude's run with a message that says so; `repeatingLast` never runs out.
 */
export function sequence(steps: readonly ScriptStep[]): Script {
  return play(steps, () => refusal(`the script is exhausted: it has ${count(steps.length, 'step')}`));
}

/** As `sequence`, but the last step answers all further requests. */
export function repeatingLast(steps: readonly [ScriptStep, ...ScriptStep[]]): Script {
  const last = steps.at(-1) ?? steps[0];
  return play(steps, (turn) => perform(last, turn));
}

/**
 * Gives each conversation the script whose marker it mentions, so that one simulator serves several projects at once.
 * The first marker that fits wins; a conversation that mentions none is refused with the list of markers.
 */
export function byConversation(scripts: Readonly<Record<string, ScriptStep>>): Script {
  const entries = Object.entries(scripts);
  return (turn) => {
    const found = entries.find(([marker]) => turn.mentions(marker));
    if (found) return perform(found[1], turn);
    const markers = entries.map(([marker]) => JSON.stringify(marker)).join(', ');
    return refusal(`the conversation mentions none of ${markers}`);
  };
}

/**
 * What the simulator answers when a script cannot. The real API never sends 418, and Claude reports it at once: a 400 or
 * a 422 it sends again up to five times with less and less in the request (seen in 2.1.329).
 */
export function refusal(reason: string): ErrorReply {
  return apiError(418, { type: 'simulator_error', message: `Simulator: ${reason}.` });
}

function play(steps: readonly ScriptStep[], afterwards: Script): Script {
  let played = 0;
  return (turn) => {
    const step = steps[played];
    if (step === undefined) return afterwards(turn);
    played += 1;
    return perform(step, turn);
  };
}

function perform(step: ScriptStep, turn: ScriptTurn): Reply | Promise<Reply> {
  return typeof step === 'function' ? step(turn) : step;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
