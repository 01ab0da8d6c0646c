/** What is to be shown, and the call of a program that shows it. */

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** One of the same tag takes its place, where the system can. */
  readonly tag: string;
  /** What the system answered to the one that this takes the place of. */
  readonly replaces: string | null;
}

/** A program, its arguments, and variables that it gets beside its environment. */
export interface NotifyCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}
