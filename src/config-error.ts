import { ExpectedError } from './expected-error.ts';

/** The configuration is invalid. The message names the file or variable, the key, and the fix. */
export class ConfigError extends ExpectedError {
  override name = 'ConfigError';
}
