/** Values of an output that differ with each run of a test, replaced by names, so that the rest can be compared. */

/** Replaces ids by the order in which they appear; the same id is the same name in everything one mask was given. */
export class Mask {
  readonly #places: readonly (readonly [place: string, name: string])[];
  readonly #ids = new Map<string, string>();

  /** @param places What a folder or a word is called, the longest first. */
  constructor(places: Readonly<Record<string, string>>) {
    this.#places = Object.entries(places);
  }

  /** As JSON, laid out for reading. */
  json(value: unknown): string {
    return `${JSON.stringify(this.#masked(value), null, 2)}\n`;
  }

  text(text: string): string {
    let shown = text;
    for (const [place, name] of this.#places) shown = shown.replaceAll(place, name);
    return shown
      .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
      .replaceAll(/\b[0-9a-f]{12}\b/g, (id) => this.#nameOf(id))
      .replaceAll(/(?<=bridge-supervisor-)[0-9a-f]{8}\b/g, '<hash>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
      .replaceAll(new RegExp(`\\b${process.pid}\\b`, 'g'), '<pid>');
  }

  #masked(value: unknown, key = ''): unknown {
    if (key === 'pid_started_at' && value !== null) return '<start of the process>';
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#masked(item));
    if (typeof value === 'number' && MEASURED.includes(key)) return `<${key}>`;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#masked(part, name)]));
  }

  #nameOf(id: string): string {
    const known = this.#ids.get(id) ?? `<id ${this.#ids.size + 1}>`;
    this.#ids.set(id, known);
    return known;
  }
}

/** Fields that hold what was measured. */
const MEASURED = ['pid', 'stopped_pid', 'replaced_pid', 'processes', 'memory_bytes', 'cpu_percent', 'ms'];
