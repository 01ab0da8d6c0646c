/**
 * The unit files, from the templates in `service/`, with systemd's rules of quoting
 * (https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting).
 */
import { fillTemplate } from '../../template.ts';
import { markOf } from './marker.ts';
import { type ManagerOptions, type ServiceDefinition, ServiceError } from './service.ts';

type UnitOptions = Pick<ManagerOptions, 'name' | 'scope' | 'account'>;

/** How long ending leftovers may take after our orderly stop. */
const MARGIN_SECONDS = 15;

/** The unit file. Throws ServiceError for a path that systemd cannot express. */
export function unitText(definition: ServiceDefinition, { name, scope, account }: UnitOptions): string {
  const values = {
    mark: markOf(definition),
    name,
    command: commandLine(definition.command),
    environment: quoted(`BRIDGE_HOME=${definition.stateDir}`),
    stopSeconds: String(Math.ceil(definition.stopMs / 1000) + MARGIN_SECONDS),
  };
  if (scope === 'user') return filled('service/bridge-supervisor.service', values);
  // The minus: a deleted workspace must not block the start of the service.
  const writable = [...new Set([definition.stateDir, ...definition.writable])];
  return filled('service/bridge-supervisor-system.service', {
    ...values,
    user: account.name,
    writable: writable.map((folder) => quoted(`-${folder}`)).join(' '),
  });
}

/** The drop-in with a stricter sandbox, in which some tools of Claude fail. */
export function hardenedText(definition: ServiceDefinition): string {
  return filled('service/hardened.conf', { mark: markOf(definition) });
}

/** Control characters, and what systemd does not accept as UTF-8 (`unichar_is_valid` in its utf8.c). */
const INEXPRESSIBLE = /[\u0000-\u001f\u007f\p{Cs}\p{Noncharacter_Code_Point}]/u;

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return `${fillTemplate(template, values)}\n`;
}

function commandLine([program = '', ...args]: readonly string[]): string {
  // systemd accepts these in arguments, but not in the program's path (string_is_safe in its load-fragment.c).
  if (/["'\\]/.test(program))
    throw new ServiceError(
      `systemd cannot start ${program}: quotes and backslashes may not stand in a program's path. Install Node elsewhere.`,
    );
  // A dollar sign means a variable, in the arguments only.
  return [quoted(program), ...args.map((arg) => quoted(arg).replaceAll('$', '$$$$'))].join(' ');
}

/** A percent sign begins a specifier such as `%h`, so it is doubled. */
function quoted(word: string): string {
  if (INEXPRESSIBLE.test(word))
    throw new ServiceError(
      `systemd cannot express the path ${JSON.stringify(word)}: it has a line break, another control character or an invalid one. Rename the folder.`,
    );
  return `"${word.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
}
