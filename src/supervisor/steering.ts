import { ordersFor } from '../bridge/attending.ts';
import { recordDelivered } from '../bridge/runs.ts';
import { userMessage } from '../claude/input.ts';
import { personsWords } from '../claude/prompt.ts';
import type { SteeringMessage } from '../project/review.ts';
import type { Run } from '../project/run.ts';
import type { Context } from './context.ts';
import { patiently } from './patience.ts';
import { isInPrompt, promptId } from './run-process.ts';
import type { Followed } from './run-setting.ts';

/** The person's messages to a run under way. One counts as delivered when Claude has taken it in, not when it is sent. */
export class Steering {
  readonly #context: Context;
  readonly #run: Run;
  readonly #process: Followed;
  readonly #sent = new Set<string>();

  constructor(context: Context, run: Run, process: Followed) {
    this.#context = context;
    this.#run = run;
    this.#process = process;
  }

  /** Sends each message once; those that the prompt brings are left out. */
  handOver(messages: readonly SteeringMessage[]): void {
    for (const message of messages) {
      if (this.#sent.has(message.id) || isInPrompt(message, this.#run)) continue;
      if (this.#process.write(userMessage(personsWords([message]), message.id))) this.#sent.add(message.id);
    }
  }

  /** Records what Claude has taken in: a message by its id, or, by the prompt's, all that the prompt brought. */
  async takenIn(uuid: string): Promise<void> {
    const { bridge, token } = this.#context;
    await patiently(this.#context, async () => {
      if (uuid !== promptId(this.#run)) return recordDelivered(bridge, token, this.#run, [uuid]);
      const { messages } = await ordersFor(bridge, this.#run);
      const inPrompt = messages.filter((message) => isInPrompt(message, this.#run)).map(({ id }) => id);
      return recordDelivered(bridge, token, this.#run, inPrompt);
    });
  }
}
