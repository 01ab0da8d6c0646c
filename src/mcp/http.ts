/** MCP over HTTP, as the supervisor serves it beside the rest of its API. Nothing of it is loaded before the first message. */
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import type { HttpMessage, HttpSide } from './http-message.ts';
import type { AnswerMessage } from './http-server.ts';
import type { Verbs } from './verbs.ts';

export class McpOverHttp {
  readonly #openVerbs: () => Promise<Verbs>;
  readonly #clock: Clock;
  readonly #env: Environment;
  #opened: Promise<AnswerMessage> | undefined;

  /**
   * @param openVerbs Called with the first message.
   * @param env Where the configuration is found.
   */
  constructor(openVerbs: () => Promise<Verbs>, clock: Clock, env: Environment) {
    this.#openVerbs = openVerbs;
    this.#clock = clock;
    this.#env = env;
  }

  /**
   * Answers a message as MCP over Streamable HTTP does: with JSON, with server-sent events that end with the answer, or with
   * an empty 202. Rejects only where the program itself cannot be loaded.
   */
  async answer(side: HttpSide, message: HttpMessage): Promise<Response> {
    this.#opened ??= this.#open();
    return (await this.#opened)(side, message);
  }

  async #open(): Promise<AnswerMessage> {
    try {
      const { openHttpServer } = await import('./http-server.ts');
      return openHttpServer(await this.#openVerbs(), this.#clock, this.#env);
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }
}
