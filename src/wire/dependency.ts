import type { Dependency } from '../project/dependency.ts';
import type { WireDependency } from './schemas/dependency.ts';

export function toWireDependency({ id, title, status }: Dependency): WireDependency {
  return { project_id: id, title, status };
}
