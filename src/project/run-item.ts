/** What Claude has written in a run, piece by piece, as a person follows it. */

/** A text of a model, a person or a program, made fit to be shown: without secrets and hidden characters, cut if it is long. */
export interface ShownText {
  readonly text: string;
  /** There is more of it. */
  readonly cut: boolean;
}

export type RunItem =
  | { readonly kind: 'began'; readonly model: string; readonly claudeVersion: string }
  /** What the model says, or thinks. */
  | ({ readonly kind: 'text' | 'thinking'; readonly ofSubagent: boolean } & ShownText)
  | ({
      readonly kind: 'tool_call';
      readonly callId: string;
      readonly tool: string;
      /** The tool and the one argument a person would name. */
      readonly summary: string;
      readonly ofSubagent: boolean;
      /** Its input, as JSON. */
    } & ShownText)
  | ({ readonly kind: 'tool_result'; readonly callId: string; readonly failed: boolean } & ShownText)
  /** What the model was told: the prompt, or a message of a person. */
  | ({ readonly kind: 'message' } & ShownText)
  /** A call was refused; the reason is one of Claude's words for what refused it. */
  | { readonly kind: 'denied'; readonly callId: string; readonly reason: string | null }
  | {
      readonly kind: 'rate_limit';
      readonly status: string;
      readonly limit: string | null;
      readonly resetsAt: string | null;
    }
  /** The service could not answer, and is asked again. */
  | { readonly kind: 'api_retry'; readonly attempt: number | null; readonly reason: string | null }
  | ({ readonly kind: 'ended'; readonly failed: boolean; readonly turns: number } & ShownText);

/** What one line of the output holds. */
export interface RunLine {
  /** Right after the line, in bytes, in the output as it is kept: pieces of answers that follow whole do not count. */
  readonly position: number;
  /** When it was written, as Claude says; null: it does not say. */
  readonly at: string | null;
  readonly items: readonly RunItem[];
}
