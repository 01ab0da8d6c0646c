/**
 * Figures as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/). Written by hand: nearly all
 * are read from the store when somebody asks, where a library keeps a copy of each, and is larger than what uses it.
 */

export interface Metric {
  /** With its unit last. */
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Words of ours alone: never a name that somebody gave, a title or a path. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export function toExposition(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels = {}, value }) => `${name}${labelsText(labels)} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
