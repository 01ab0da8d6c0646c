import {
  type Orders,
  recordDelivered,
  recordPromptDelivered,
  recordSending,
  recordUnsent,
} from '../../bridge/runs.ts';
import { userMessage } from '../../claude/input.ts';
import { amendedPlan, personsWords } from '../../claude/prompt.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
import type { RunContext } from './context.ts';
import type { HeldProcess } from './held-process.ts';
import { promptId } from './opening.ts';

/**
 * Sends the messages of a person to an active run. A message counts as delivered when Claude takes it in, not when it
 * is sent.
 */
export class Steering {
  readonly #context: Context;
  readonly #run: Run;
  readonly #process: HeldProcess;
  readonly #sent = new Set<string>();
  /** The call that was put off and that a message would make Claude lose: nothing is sent before its result. */
  #waitsFor: string | undefined;

  constructor(
    context: Context,
    { run, resumesCall }: Pick<RunContext, 'run' | 'resumesCall'>,
    process: HeldProcess,
  ) {
    this.#context = context;
    this.#run = run;
    this.#waitsFor = resumesCall;
    this.#process = process;
  }

  /**
   * Sends each message once, except those in the prompt, unless a person is asked meanwhile. False when the run cannot be
   * told of an amended plan: its input is closed, or was a predecessor's. Throws LeaseLost.
   */
  async handOver({ messages, plan }: Pick<Orders, 'messages' | 'plan'>): Promise<boolean> {
    let isTold = true;
    if (this.#waitsFor !== undefined) return isTold;
    const { lease } = this.#context;
    const fresh = messages.filter(({ id }) => !this.#sent.has(id));
    if (fresh.length === 0) return isTold;
    // All are marked before the first write: the next call may come before the last write is done.
    for (const { id } of fresh) this.#sent.add(id);
    const ids = fresh.map(({ id }) => id);
    const allowed = await recordSending(lease, this.#run, ids).catch((error: unknown) => {
      for (const id of ids) this.#sent.delete(id);
      throw error;
    });
    for (const message of fresh) {
      const isPlan = message.planRevision !== null && plan !== null;
      const words = isPlan ? amendedPlan(plan.title, plan.markdown) : personsWords([message]);
      const isAllowed = allowed.includes(message.id);
      const isWritten = isAllowed && (await this.#process.write(userMessage(words, message.id)));
      if (isWritten) continue;
      this.#sent.delete(message.id);
      if (!isAllowed) continue;
      await recordUnsent(lease, this.#run, [message.id]);
      if (isPlan) isTold = false;
    }
    return isTold;
  }

  /** Claude has the results of these calls. Returns whether messages may be sent now that had to wait for one. */
  sawResults(toolUseIds: readonly string[]): boolean {
    if (this.#waitsFor === undefined || !toolUseIds.includes(this.#waitsFor)) return false;
    this.#waitsFor = undefined;
    return true;
  }

  /**
   * Records what Claude has taken in: one message by its id, or, by the id of the prompt, all messages in the prompt.
   * Throws LeaseLost.
   */
  async takenIn(uuid: string): Promise<void> {
    const { lease } = this.#context;
    await retryTransient(this.#context, () =>
      uuid === promptId(this.#run)
        ? recordPromptDelivered(lease, this.#run)
        : recordDelivered(lease, this.#run, [uuid]),
    );
  }
}
