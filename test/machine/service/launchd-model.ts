/** launchd as far as an agent sees it: loading starts, an end with failure is repaired, and unloading takes its time. */
import type { Answer, HurryingClock, Play } from './recorder.ts';

export interface Job {
  state: string;
  pid: number | null;
  runs: number;
  /** Lines such as `last exit code = 0`. */
  end: string;
  exitTimeout: number;
}

export class PlayedLaunchd {
  readonly #clock: HurryingClock;
  /** Whether the person is logged in at the screen. */
  session = true;
  disabled = false;
  job: Job | null = null;
  /** How long launchd takes to forget a job, in milliseconds. */
  settling = 0;
  /** What a signal does to the program. */
  onTerm: () => void = () => this.end('last exit code = 0');
  /** What loading does after the start. */
  onStart: () => void = () => {};
  #goneAt = 0;

  constructor(clock: HurryingClock) {
    this.#clock = clock;
  }

  run(pid = 4711): void {
    this.job = { state: 'running', pid, runs: 1, end: 'last exit code = (never exited)', exitTimeout: 75 };
  }

  end(how: string, state = 'not running'): void {
    if (this.job) this.job = { ...this.job, state, pid: null, end: how };
  }

  readonly play: Play = (_, [verb, target = '']) => {
    if (!this.session) return { code: 125, stderr: 'Domain does not support specified action' };
    const forgotten = this.#goneAt > 0 && this.#clock.passed >= this.#goneAt;
    if (forgotten) [this.job, this.#goneAt] = [null, 0];
    if (verb === 'print') return target.includes('/b') ? this.#print() : { stdout: 'com.apple.xpc = {\n}' };
    if (verb === 'print-disabled') return { stdout: this.#disabled() };
    if (verb === 'enable') this.disabled = false;
    if (verb === 'bootstrap') return this.#bootstrap();
    if (verb === 'bootout') return this.#bootout();
    if (verb === 'kill') this.onTerm();
    return undefined;
  };

  #print(): Answer {
    if (!this.job) return { code: 113, stderr: 'Could not find service "x" in domain for user gui: 1234' };
    const { state, pid, runs, end, exitTimeout } = this.job;
    return { stdout: printed({ state, pid, runs, end, exitTimeout }) };
  }

  #bootstrap(): Answer {
    if (this.job || this.disabled) return { code: 5, stderr: 'Bootstrap failed: 5: Input/output error' };
    this.run();
    this.onStart();
    return {};
  }

  #bootout(): Answer {
    if (!this.job) return { code: 3, stderr: 'Boot-out failed: 3: No such process' };
    this.#goneAt = this.#clock.passed + this.settling;
    if (this.settling > 0) return { code: 36, stderr: 'Boot-out failed: 36: Operation now in progress' };
    this.job = null;
    this.#goneAt = 0;
    return {};
  }

  #disabled(): string {
    return `\tdisabled services = {\n\t\t"com.apple.Siri" => enabled\n\t\t"bridge-supervisor" => ${this.disabled ? 'disabled' : 'enabled'}\n\t}\n`;
  }
}

/** In the form of macOS 14, with the nested blocks that have a state and a pid of their own. */
export function printed({ state, pid, runs, end, exitTimeout }: Job): string {
  return [
    'gui/1234/bridge-supervisor = {',
    `\tactive count = ${pid === null ? 0 : 1}`,
    '\tpath = /Users/ann/Library/LaunchAgents/bridge-supervisor.plist',
    '\ttype = LaunchAgent',
    `\tstate = ${state}`,
    '',
    '\tprogram = /usr/bin/node',
    '\targuments = {',
    '\t\t/usr/bin/node',
    '\t\tstate = told',
    '\t}',
    '',
    '\tdomain = gui/1234 [100021]',
    '\tminimum runtime = 10',
    `\texit timeout = ${exitTimeout}`,
    `\truns = ${runs}`,
    ...(pid === null ? [] : [`\tpid = ${pid}`]),
    `\t${end}`,
    '',
    '\tresource coalition = {',
    '\t\tID = 5',
    '\t\tstate = active',
    '\t\tpid = 99',
    '\t}',
    '}',
    '',
  ].join('\n');
}
