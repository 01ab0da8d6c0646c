/** Words and texts as Windows programs, VBScript and PowerShell read them. */
import { ServiceError } from './service.ts';

/**
 * A command line that a program of Windows takes apart into these words again
 * (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 */
export function commandLine(args: readonly string[]): string {
  return args.map(quotedWord).join(' ');
}

/** Backslashes mean themselves except before a quote, the closing one too. */
function quotedWord(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/** A string of VBScript, which has no escapes but the doubled quote. Throws ServiceError for a line break. */
export function vbsString(text: string): string {
  if (/[\u0000-\u001f]/.test(text))
    throw new ServiceError(
      `${JSON.stringify(text)} has a control character, which a script cannot hold. Rename the folder.`,
    );
  return `"${text.replaceAll('"', '""')}"`;
}

/** A string of PowerShell in which nothing is replaced. It takes typographic quotes for the plain one. */
export function powershellString(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
