/** Command lines and scripts as Windows reads them. */

/** The rules of Windows (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments), read by hand. */
export function windowsWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const [, slashes = '', quote] = /^(\\*)("?)/.exec(line.slice(at)) ?? [];
    const sign = line[at] ?? '';
    if (slashes !== '' && quote) {
      word = (word ?? '') + '\\'.repeat(slashes.length / 2);
      at += slashes.length;
      if (slashes.length % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (sign === '"') {
      word ??= '';
      quoted = !quoted;
    } else if (/\s/.test(sign) && !quoted) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + sign;
    }
  }
  return word === null ? words : [...words, word];
}

/** The value of a VBScript string that follows; it ends at the first quote that is not doubled. */
export function vbsStringIn(text: string, before: string): string {
  const from = text.slice(text.indexOf(before) + before.length);
  const [, inner = ''] = /^"((?:[^"]|"")*)"\n/.exec(from) ?? [];
  return inner.replaceAll('""', '"');
}
