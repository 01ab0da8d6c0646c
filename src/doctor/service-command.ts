/** What an installed service starts, read from the file in which its manager has it. */
import type { ServiceFile } from '../machine/service/service.ts';

/** Program and arguments; undefined where they are not found. */
export function commandOf(files: readonly ServiceFile[]): readonly string[] | undefined {
  for (const { text } of files) {
    const words = ofUnit(text) ?? ofPropertyList(text);
    if (words !== undefined && words.length > 0) return words;
  }
  return undefined;
}

/** systemd's own rules of quoting, the other way round (systemd.syntax(7)); we write every word in double quotes. */
function ofUnit(text: string): string[] | undefined {
  const line = /^ExecStart=(.*)$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare = '']) =>
    (quoted ?? bare)
      .replaceAll(/\\(["\\])/g, '$1')
      .replaceAll('%%', '%')
      .replaceAll('$$', '$'),
  );
}

function ofPropertyList(text: string): string[] | undefined {
  const list = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(text)?.[1];
  if (list === undefined) return undefined;
  return [...list.matchAll(/<string>(.*?)<\/string>/gs)].map(([, word = '']) => unescaped(word));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
}
