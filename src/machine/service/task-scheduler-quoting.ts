/** Quoting for Windows programs, VBScript and PowerShell. */
import { ServiceError } from './service.ts';

/**
 * A command line that a Windows program splits into exactly these arguments
 * (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments).
 */
export function commandLine(args: readonly string[]): string {
  return args.map(quotedWord).join(' ');
}

/** A backslash is literal except before a quote, also the closing one. */
function quotedWord(word: string): string {
  if (/^[^\s"]+$/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/** A VBScript string; its only escape is the doubled quote. Throws ServiceError for a control character. */
export function vbsString(text: string): string {
  if (/[\u0000-\u001f]/.test(text))
    throw new ServiceError(
      `${JSON.stringify(text)} has a control character, which a script cannot hold. Rename the folder.`,
    );
  return `"${text.replaceAll('"', '""')}"`;
}

/** A literal PowerShell string. PowerShell accepts typographic quotes as the plain one, so they are doubled too. */
export function powershellString(text: string): string {
  return `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
