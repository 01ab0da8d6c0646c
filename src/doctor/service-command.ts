/** The command of an installed service, read from its files: undoes the quoting of their writers. */
import type { ServiceFile } from '../machine/service/service.ts';

/** Program and arguments; undefined where none is found. */
export function commandOf(files: readonly ServiceFile[]): readonly string[] | undefined {
  for (const { text } of files) {
    const words = ofUnit(text) ?? ofPropertyList(text) ?? ofLauncher(text);
    if (words !== undefined && words.length > 0) return words;
  }
  return undefined;
}

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting */
function ofUnit(text: string): string[] | undefined {
  const line = /^ExecStart=(.*)$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  return wordsOf(line).map((word) => word.replaceAll('%%', '%').replaceAll('$$', '$'));
}

function ofPropertyList(text: string): string[] | undefined {
  const list = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(text)?.[1];
  if (list === undefined) return undefined;
  return [...list.matchAll(/<string>(.*?)<\/string>/gs)].map(([, word = '']) => fromXml(word));
}

/** A VBScript string, where quotes are doubled, around a Windows command line, where quotes surround words. */
function ofLauncher(text: string): string[] | undefined {
  const line = /^variables\("SERVICE_COMMAND"\) = "(.*)"\r?$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  return [...line.replaceAll('""', '"').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare = '']) => quoted ?? bare,
  );
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare = '']) =>
    (quoted ?? bare).replaceAll(/\\(["\\])/g, '$1'),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function fromXml(text: string): string {
  return text.replaceAll(/&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([\da-f]+));/gi, (_, name, decimal, hex) =>
    name
      ? (ENTITIES[name] ?? '')
      : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
}
