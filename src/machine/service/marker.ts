/** The line that marks our own service files: the version that wrote them, and the state folder. */
import { ServiceError } from './service.ts';

export interface ServiceMark {
  readonly version: string;
  readonly stateDir: string;
}

const MARK = /bridge-supervisor service, version (\S+), state folder (\S+)/;

/**
 * The mark, for a comment in any of the formats: without line breaks, and without `--`, which XML comments forbid.
 * Throws ServiceError for a path with half a character, which no file can hold.
 */
export function markOf({ version, stateDir }: ServiceMark): string {
  if (!stateDir.isWellFormed())
    throw new ServiceError(
      `the state folder ${JSON.stringify(stateDir)} has half a character in its name, which a service file cannot hold. Rename the folder.`,
    );
  const folder = encodeURI(stateDir).replaceAll('--', '-%2D');
  return `bridge-supervisor service, version ${version}, state folder ${folder}`;
}

/** Undefined when the text is not ours, or its mark is damaged. */
export function readMark(text: string): ServiceMark | undefined {
  const [, version, folder] = MARK.exec(text) ?? [];
  if (version === undefined || folder === undefined) return undefined;
  try {
    return { version, stateDir: decodeURIComponent(folder) };
  } catch {
    return undefined;
  }
}
