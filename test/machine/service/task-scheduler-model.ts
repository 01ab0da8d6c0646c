/** Task Scheduler as far as one task sees it: registered in a form, with or without repetitions under way. */
import { readFileSync } from 'node:fs';
import { decoded } from '../../../src/machine/service/task-scheduler-files.ts';
import type { Answer, Play } from './recorder.ts';

export class PlayedTaskScheduler {
  task: { state: number; lastResult: number; repeats: boolean; source: string | null } | null = null;
  /** What /End does to the program. */
  onEnd: () => void = () => this.end(0x00041306);
  /** The error that `schtasks` answers everything with. */
  refusal: string | null = null;

  /** It runs, as after a logon or a start. */
  run(): void {
    if (this.task) this.task = { ...this.task, state: 4, repeats: true };
  }

  end(lastResult: number): void {
    if (this.task?.state === 4) this.task = { ...this.task, state: this.#ready(), lastResult };
  }

  #enabled = true;

  #ready(): number {
    return this.#enabled ? 3 : 1;
  }

  readonly play: Play = (line, args) => {
    if (line.includes('powershell.exe')) return { stdout: JSON.stringify(this.#asked()) };
    if (this.refusal) return { code: 1, stderr: this.refusal };
    const [verb, , , ...rest] = args;
    if (verb === '/Create') return this.#create(rest[1] ?? '');
    if (!this.task) return { code: 1, stderr: 'FEHLER: Das System kann die angegebene Datei nicht finden.' };
    if (verb === '/Run') this.run();
    if (verb === '/End') this.onEnd();
    if (verb === '/Delete') this.task = null;
    if (verb === '/Change') this.#disable();
    return undefined;
  };

  #asked() {
    return this.task && { ...this.task, repeats: this.task.repeats && this.#enabled };
  }

  #create(file: string): Answer {
    const text = decoded(readFileSync(file));
    this.#enabled = true;
    const repeats = /<TimeTrigger id="started">\s*<Enabled>true/.test(text);
    const source = /<Source>(.*)<\/Source>/.exec(text)?.[1] ?? null;
    // A program that runs goes on; a repetition that is under way may go on too.
    const before = this.task;
    this.task = {
      state: before?.state === 4 ? 4 : 3,
      lastResult: before?.lastResult ?? 0x00041303,
      repeats: repeats || before?.repeats === true,
      source,
    };
    return {};
  }

  #disable(): void {
    this.#enabled = false;
    if (this.task?.state === 3) this.task = { ...this.task, state: 1 };
  }
}
