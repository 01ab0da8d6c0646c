/**
 * A server that is loaded when it is started, by a supervisor that holds its lease: to load it takes as long as all that
 * a supervisor does before that, and nobody waits for the API as the work does.
 */
import type { HttpServer } from './server.ts';

type Host = Parameters<HttpServer['start']>[0];

export class LateHttpServer {
  readonly #load: () => Promise<HttpServer>;
  #server: HttpServer | undefined;
  #starting: Promise<void> | undefined;

  constructor(load: () => Promise<HttpServer>) {
    this.#load = load;
  }

  /** Loads it and lets it listen. Does not wait for it. */
  start(host: Host): void {
    this.#starting = this.#load().then((server) => {
      this.#server = server;
      server.start(host);
    });
  }

  /** Why nobody can call at the moment; null when somebody can, or soon can. */
  trouble(): string | null {
    return this.#server?.trouble() ?? null;
  }

  /** Ends what is open, and waits until nothing is under way any more. */
  async close(): Promise<void> {
    await this.#starting;
    await this.#server?.close();
  }
}
