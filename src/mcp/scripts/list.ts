import * as z from 'zod';
import { inQuotes } from '../../project/quotation.ts';
import { plural } from '../../project/text.ts';
import type { ListedScript } from '../../scripts/catalog.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { fitting } from '../fit.ts';
import type { ScriptScope } from './scope.ts';

export function listScriptsTool({ asker }: ScriptScope): Tool {
  return defineTool({
    name: 'list_bridge_scripts',
    title: 'List the scripts of the owner',
    description: 'List allowed scripts.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    input: z.strictObject({}),
    async run(_, { verbs }) {
      const all = await verbs.scripts(asker !== undefined);
      const shown = fitting(all, factsOf);
      const left = all.length - shown.length;
      const message =
        all.length === 0 ? NONE : left > 0 ? `${left} more are allowed, and not shown.` : undefined;
      const lines = [
        ...(shown.length > 0 ? [`${plural(all.length, 'script')} allowed:`] : []),
        ...shown.map(lineOf),
        ...(message === undefined ? [] : [message]),
      ];
      const facts = {
        scripts: shown.map(factsOf),
        ...(message === undefined ? {} : { message }),
      };
      return { ok: true, text: lines.join('\n'), facts };
    },
  });
}

const NONE = "No scripts are allowed here: the owner lists them in 'scripts' of config.json.";

function factsOf({ name, description, problem }: ListedScript) {
  return {
    name,
    description: description ?? '(no description)',
    ...(problem === null ? {} : { problem }),
  };
}

function lineOf({ name, description, problem }: ListedScript): string {
  const words = description === null ? '(no description)' : inQuotes(description);
  return `- ${name}: ${problem ?? words}`;
}
