/** What the bench measures, each beside its yardstick. */
import type { Stage } from './stage.ts';

export interface Measurement {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** What is measured, what the yardstick is, and between which moments. */
  readonly about: string;
  measure(setting: Setting): Promise<Findings>;
}

export interface Setting {
  readonly stage: Stage;
  /** Fewer repetitions, shorter waits: for a first look. */
  readonly quick: boolean;
}

interface Findings {
  readonly rows: readonly Row[];
  /** What a reader must know to judge the numbers. */
  readonly notes: readonly string[];
}

type Unit = 'ms' | '%' | 'MB' | 'bytes' | 'tokens' | 'requests' | 'events';

export interface Row {
  readonly name: string;
  readonly unit: Unit;
  readonly measured: number;
  /** The same thing without us, or in a small store; measured in the same run unless the notes say otherwise. */
  readonly yardstick?: number;
  readonly aim?: Aim;
}

/** A bound: on the measured value itself, on how many times the yardstick it is, or on how much more than it. */
export type Aim =
  | { readonly most: number }
  | { readonly mostRatio: number }
  | { readonly leastRatio: number }
  | { readonly mostMore: number };

/** How many times the yardstick; undefined when there is none to divide by. */
export function ratio({ measured, yardstick }: Row): number | undefined {
  return yardstick ? measured / yardstick : undefined;
}

/** Undefined when nothing is aimed at. */
export function met(row: Row): boolean | undefined {
  if (!row.aim) return undefined;
  if ('most' in row.aim) return row.measured <= row.aim.most;
  if ('mostMore' in row.aim) return row.measured - (row.yardstick ?? 0) <= row.aim.mostMore;
  if ('leastRatio' in row.aim) return (ratio(row) ?? 0) >= row.aim.leastRatio;
  return (ratio(row) ?? Number.POSITIVE_INFINITY) <= row.aim.mostRatio;
}
