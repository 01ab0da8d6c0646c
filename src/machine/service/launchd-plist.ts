/** The property list of the agent, from the template in `service/`. */
import { join } from 'node:path';
import { fillTemplate } from '../../template.ts';
import { markOf } from './marker.ts';
import type { ServiceDefinition } from './service.ts';
import { xmlText } from './xml-text.ts';

/** How long ending leftovers may take after our orderly stop. */
const MARGIN_SECONDS = 15;

/**
 * The text of the plist. The command gets `--give-up`: launchd restarts a failed program for ever, every ten seconds,
 * so the supervisor has to exit with 0 when it gives up.
 *
 * Throws ServiceError for a path that XML cannot express.
 */
export function plistText(definition: ServiceDefinition, label: string): string {
  const { command, stateDir, stopMs } = definition;
  const args = [...command, '--give-up'];
  const text = fillTemplate('service/bridge-supervisor.plist', {
    mark: markOf(definition),
    label: xmlText(label),
    arguments: args.map((word) => `    <string>${xmlText(word)}</string>`).join('\n'),
    stateDir: xmlText(stateDir),
    exitSeconds: String(Math.ceil(stopMs / 1000) + MARGIN_SECONDS),
    errorFile: xmlText(errorFileOf(stateDir)),
  });
  return `${text}\n`;
}

/** The file that takes what the service prints: crashes, and errors before there is a log. */
export function errorFileOf(stateDir: string): string {
  return join(stateDir, 'service.err');
}
