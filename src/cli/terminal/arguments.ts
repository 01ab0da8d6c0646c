/** Arguments that are more than text. */
import { Argument, InvalidArgumentError, Option } from 'commander';
import { durationRule, parseDuration } from '../../duration.ts';
import { absolutePath, whyNotMeant } from '../../home-path.ts';

export function idArgument(): Argument {
  return new Argument('<id>', 'project id, or its first 4 or more characters');
}

export function requestArgument(): Argument {
  return new Argument(
    '<req>',
    "id of what Claude asks, as 'questions' shows it, or its first 4 or more characters",
  );
}

export function jsonOption(purpose = 'for programs'): Option {
  return new Option('--json', `print JSON, ${purpose}`);
}

export function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask for confirmation');
}

/** A path as a person writes it, with `~` or relative; it is made absolute. */
export function path(text: string): string {
  const problem = whyNotMeant(text);
  if (problem !== null) throw new InvalidArgumentError(problem);
  return absolutePath(text);
}

/** The same for an option that may be given several times. */
export function paths(text: string, former: readonly string[] = []): readonly string[] {
  return [...former, path(text)];
}

/** The same where '-' stands for stdin. */
export function pathOrStdin(text: string): string {
  return text === '-' ? text : path(text);
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** An amount above 0, such as `2.50`. */
export function usDollars(text: string): number {
  const usd = Number(text);
  if (/^\d{1,6}(\.\d+)?$/.test(text) && usd > 0) return usd;
  throw new InvalidArgumentError('It must be a number of US dollars above 0, such as 2.50.');
}

/** A duration like `30s`, in milliseconds. */
export function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError(`It must be ${durationRule()}.`);
}
