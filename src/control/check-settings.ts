/** Checks the settings that a supervisor is about to start with: a mistake is better reported here than in a log. */
import { loadConfig } from '../config.ts';
import { environmentFileOf, readEnvironmentFile } from '../machine/service/environment-file.ts';
import { ownServices, type Services } from '../machine/service/find.ts';
import { type FoundService, serviceOf } from './find-service.ts';
import type { Host } from './host.ts';

/**
 * Returns the service that is to start the supervisor, or null when it starts in the background. Throws ConfigError or
 * EnvironmentFileError for settings that no supervisor can start with.
 */
export async function checkSettings(
  host: Host,
  services: Services = ownServices,
): Promise<FoundService | null> {
  const service = await serviceOf(host, services);
  const env = service ? await readEnvironmentFile(environmentFileOf(host.stateDir)) : host.env;
  loadConfig(host.stateDir, env);
  return service;
}
