/** Text of a machine with what differs from machine to machine taken out, so that it can be kept as a snapshot. */
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** @param names What else differs, each with the word it is replaced by, such as the path of a temporary folder. */
export function stableText(text: string, names: Readonly<Record<string, string>>): string {
  const places = { ...names, [process.execPath]: '<node>', [repository]: '<repository>' };
  return (
    Object.entries(places)
      .reduce((rest, [place, word]) => rest.replaceAll(place, word), text)
      .replaceAll(process.versions.node, '<node version>')
      .replaceAll(/SQLite \d[\d.]*\d/g, (words) => (words.includes('3.51.') ? words : 'SQLite <version>'))
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => (/^20(0|2[6-9])/.test(time) ? '<time>' : time))
      .replaceAll(/[\d.]+ [kMG]B (are |)free/g, '<size> $1free')
      .replaceAll(/\b(pid"?[ :])(?!4000000)\d+/g, '$1<pid>')
      .replaceAll(/x{100,}/g, 'xxx')
      .replaceAll(/allowed keys: [^\n]*/g, 'allowed keys: <keys>')
      // The newest step of the schema, and how large it makes an empty store.
      .replaceAll(/this program knows \d+/g, 'this program knows <schema>')
      .replaceAll(/\b[1-9]\d* kB\b/g, '<kB>')
      .replaceAll(/\(uid \d+/g, '(uid <uid>')
      .replaceAll(/(?<![\w-])(?!0123456789ab)[\da-f]{12}\b/g, '<run>')
      .replaceAll(/\bbridge-supervisor-[\da-f]{8}\b/g, 'bridge-supervisor-<hash>')
  );
}
