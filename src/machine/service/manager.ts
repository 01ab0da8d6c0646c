/** Opens the service manager of a system. Each is loaded only when used: most commands need none. */
import type { Platform } from '../platform.ts';
import type { ManagerOptions, ServiceManager } from './service.ts';

export type OpenedManager =
  | { readonly kind: 'manager'; readonly manager: ServiceManager }
  /** `why` is a sentence without its full stop. */
  | { readonly kind: 'none'; readonly why: string };

export type OpenServiceManager = (platform: Platform, options: ManagerOptions) => Promise<OpenedManager>;

/** Does nothing but open it; `unavailable()` tells whether the manager works here. */
export const openServiceManager: OpenServiceManager = async (platform, options) => {
  if (options.scope === 'system' && platform !== 'linux')
    return {
      kind: 'none',
      why: 'a service of the whole machine (--system) is there only for systemd on Linux',
    };
  switch (platform) {
    case 'linux': {
      const { systemd } = await import('./systemd.ts');
      return { kind: 'manager', manager: systemd(options) };
    }
    case 'macos': {
      const { launchd } = await import('./launchd.ts');
      return { kind: 'manager', manager: launchd(options) };
    }
    case 'windows': {
      const { taskScheduler } = await import('./task-scheduler.ts');
      return { kind: 'manager', manager: taskScheduler(options) };
    }
    case 'other-unix':
      return { kind: 'none', why: 'this system has no service manager that is known here' };
  }
};
