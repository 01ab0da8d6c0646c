import type { Environment } from '../environment.ts';
import { serviceEnvironment } from '../machine/service/environment-file.ts';
import type { Services } from '../machine/service/find.ts';
import { serviceOf } from './find-service.ts';
import type { Host } from './host.ts';

/**
 * The environment of the supervisor: that of the installed service, else the caller's. Throws EnvironmentFileError when
 * that of the service cannot be read.
 */
export async function supervisorEnvironment(host: Host, services?: Services): Promise<Environment> {
  const service = await serviceOf(host, services);
  return service === null ? host.env : serviceEnvironment(service.manager, host.stateDir);
}
