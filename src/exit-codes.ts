/** What a process of ours exits with, besides 0. */
export const EXIT = {
  /** Refused or failed. */
  failed: 1,
  /** Called wrongly. */
  usage: 2,
  /** `status`: no supervisor works. */
  notWorking: 3,
  /**
   * A restart will not help, so the service manager must not try one: EX_CONFIG of sysexits.h, for systemd's
   * RestartPreventExitStatus=.
   */
  config: 78,
  /** Ended by ctrl-c: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;
