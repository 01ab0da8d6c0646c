import { recordDelivered, recordPromptDelivered, recordSending, recordUnsent } from '../../bridge/runs.ts';
import { userMessage } from '../../claude/input.ts';
import { personsWords } from '../../claude/prompt.ts';
import type { SteeringMessage } from '../../project/review.ts';
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

  /** Sends each message once, except those in the prompt, unless a person is asked meanwhile. Throws LeaseLost. */
  async handOver(messages: readonly SteeringMessage[]): Promise<void> {
    if (this.#waitsFor !== undefined) return;
    const { lease } = this.#context;
    const fresh = messages.filter(({ id }) => !this.#sent.has(id));
    if (fresh.length === 0) return;
    // All are marked before the first write: the next call may come before the last write is done.
    for (const { id } of fresh) this.#sent.add(id);
    const ids = fresh.map(({ id }) => id);
    const allowed = await recordSending(lease, this.#run, ids).catch((error: unknown) => {
      for (const id of ids) this.#sent.delete(id);
      throw error;
    });
    for (const message of fresh) {
      const isWritten =
        allowed.includes(message.id) &&
        (await this.#process.write(userMessage(personsWords([message]), message.id)));
      if (isWritten) continue;
      this.#sent.delete(message.id);
      if (allowed.includes(message.id)) await recordUnsent(lease, this.#run, [message.id]);
    }
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
