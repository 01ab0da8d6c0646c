/** The configuration cannot be used; the message names the file or variable, the key, and the fix. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
