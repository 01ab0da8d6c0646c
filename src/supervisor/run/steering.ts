import { recordDelivered, recordPromptDelivered } from '../../bridge/runs.ts';
import { userMessage } from '../../claude/input.ts';
import { personsWords } from '../../claude/prompt.ts';
import type { SteeringMessage } from '../../project/review.ts';
import type { Run } from '../../project/run.ts';
import type { Context } from '../context.ts';
import { retryTransient } from '../transient.ts';
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

  constructor(context: Context, run: Run, process: HeldProcess) {
    this.#context = context;
    this.#run = run;
    this.#process = process;
  }

  /** Sends each message once, except those in the prompt. Throws LeaseLost. */
  async handOver(messages: readonly SteeringMessage[]): Promise<void> {
    const fresh = messages.filter(({ id }) => !this.#sent.has(id));
    // All are marked before the first write: the next call may come before the last write is done.
    for (const { id } of fresh) this.#sent.add(id);
    for (const message of fresh) {
      const isWritten = await this.#process.write(userMessage(personsWords([message]), message.id));
      if (!isWritten) this.#sent.delete(message.id);
    }
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
