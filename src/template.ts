/** Fills the templates in `prompts/` and `service/`, which lie beside the program wherever it is installed. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Reads a template and fills its `{{gaps}}`. Values are inserted as they are, also a `{{…}}` in a value. An empty value
 * also removes the line ends after its gap.
 *
 * @param file Such as `prompts/execute.md`.
 */
export function fillTemplate(file: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(installedPath(file), 'utf8');
  const filled = text.replaceAll(/\{\{(\w+)\}\}(\n*)/g, (_, name: string, lines: string) =>
    values[name] ? values[name] + lines : '',
  );
  return filled.trim();
}

/**
 * Where a file of the program lies, wherever it is installed. Throws when it is missing.
 *
 * @param file Below the folder of the program, such as `prompts/execute.md`.
 */
export function installedPath(file: string): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, file);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder)
      throw new Error(`the installation is incomplete: no ${file}. Reinstall bridge-supervisor`);
  }
}
