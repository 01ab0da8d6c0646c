/** Reports an installation step by step; with --json, as one value at its end. */
import type { Activation } from '../../install/activate.ts';
import type { InstallPlan } from '../../install/plan.ts';
import { toWireFinding } from '../../wire/finding.ts';
import type { WireInstall } from '../../wire/schemas/install.ts';
import type { Output } from '../terminal/output.ts';
import { wrap } from '../terminal/text.ts';
import { findingLines } from './doctor-text.ts';
import { changeOf, previewLines } from './install-text.ts';

/** What has been done so far. */
type Done = Pick<
  WireInstall,
  'dry_run' | 'installed' | 'running' | 'pid' | 'replaced_pid' | 'restarted' | 'remarks'
>;

const NOTHING_DONE: Done = {
  dry_run: false,
  installed: false,
  running: false,
  pid: null,
  replaced_pid: null,
  restarted: false,
  remarks: [],
};

export class Report {
  readonly #out: Output;
  readonly #plan: InstallPlan;
  readonly #isJson: boolean;
  #done: Done = NOTHING_DONE;

  constructor(out: Output, plan: InstallPlan, isJson: boolean) {
    this.#out = out;
    this.#plan = plan;
    this.#isJson = isJson;
  }

  findings(): void {
    for (const finding of this.#plan.findings)
      for (const line of findingLines(this.#out, finding)) this.#line(line);
  }

  /** @param conclusion Whether it would be started, or why nothing would be installed. */
  preview(conclusion: string): void {
    const { manager } = this.#plan.target;
    for (const line of previewLines(this.#plan, this.#out)) this.#line(line);
    this.#line();
    this.#line(`It would be registered as: ${manager.title}`);
    this.#line(`It would run: ${this.#plan.definition.command.join(' ')}`);
    this.#line(`${conclusion} Nothing was changed.`);
    this.#done = { ...NOTHING_DONE, dry_run: true };
    this.end();
  }

  installed(): void {
    const { installed, definition, target, isChange, files } = this.#plan;
    this.#line();
    if (!isChange) this.#line(`${target.manager.title} is already installed; nothing changed.`);
    else this.#line(headOf(target.manager.title, installed?.version, definition.version));
    for (const file of files) {
      const change = changeOf(file);
      if (change !== 'unchanged') this.#line(`  ${file.path} (${change})`);
    }
    this.#done = { ...NOTHING_DONE, installed: true };
  }

  started({ result, replaced, restarted }: Activation): void {
    if (replaced !== null)
      this.#line(`Stopped the background supervisor (pid ${replaced}); the service replaces it.`);
    this.#done = { ...this.#done, replaced_pid: replaced, restarted };
    if (result.kind === 'failed') return;
    const state =
      result.kind === 'already-running' ? 'was already running' : restarted ? 'was restarted' : 'is running';
    this.#line(`The service ${state} (pid ${result.pid}).`);
    this.#done = { ...this.#done, running: true, pid: result.pid };
  }

  remarks(remarks: readonly string[]): void {
    if (remarks.length > 0) this.#line('Notes:');
    for (const remark of remarks)
      for (const [index, line] of wrap(remark, this.#out.columns - 4).entries())
        this.#line(`${index === 0 ? '  - ' : '    '}${line}`);
    const next = this.#done.running ? 'send plan.md, or bridge-supervisor doctor' : 'start';
    this.#line(`Next: bridge-supervisor ${next}`);
    this.#done = { ...this.#done, remarks: [...remarks] };
  }

  end(): void {
    if (!this.#isJson) return;
    const { target, definition, installed, files, findings, isChange } = this.#plan;
    const { manager, stateDir } = target;
    this.#out.json({
      service: { manager: manager.kind, scope: manager.scope, name: manager.name, title: manager.title },
      state_dir: stateDir,
      version: definition.version,
      version_before: installed?.version ?? null,
      command: [...definition.command],
      changed: isChange,
      findings: findings.map(toWireFinding),
      files: files.map((file) => ({ path: file.path, change: changeOf(file) })),
      ...this.#done,
    });
  }

  #line(text = ''): void {
    if (!this.#isJson) this.#out.line(text);
  }
}

function headOf(title: string, before: string | undefined, now: string): string {
  if (before === undefined) return `Installed: ${title}`;
  return before === now ? `Updated: ${title}` : `Upgraded from version ${before} to ${now}: ${title}`;
}
