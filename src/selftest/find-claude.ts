import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { type Located, locateClaude } from '../claude/locate.ts';
import type { Environment } from '../environment.ts';

/** The program that BRIDGE_CLAUDE names, else that of the npm package beside us, else the first `claude` on PATH. */
export function findClaude(env: Environment): Located {
  if (env.BRIDGE_CLAUDE) {
    const named = locateClaude(env.BRIDGE_CLAUDE, env);
    if (named.found) return named;
    return { found: false, message: `BRIDGE_CLAUDE: ${env.BRIDGE_CLAUDE} is not there or not executable` };
  }
  const packaged = packagedClaude();
  const beside = packaged === undefined ? undefined : locateClaude(packaged, env);
  if (beside?.found) return beside;
  const onPath = locateClaude(undefined, env);
  return onPath.found ? onPath : { found: false, message: MISSING };
}

const MISSING =
  'Claude Code is not installed. Install it with: npm install -g @anthropic-ai/claude-code, or set BRIDGE_CLAUDE to the path of the program';

const manifest = z.object({ bin: z.object({ claude: z.string() }) });

function packagedClaude(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/package.json');
    const { bin } = manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
    return join(dirname(file), bin.claude);
  } catch {
    // Not installed beside us, or of another form than we know: PATH may have one.
    return undefined;
  }
}
