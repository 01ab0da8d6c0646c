import type { RunItem, RunLine } from '../project/run-item.ts';
import { withSnakeCase } from '../snake-case.ts';
import type { WireRunItem, WireRunLine } from './schemas/run-item.ts';

/** @param withResults Whether whoever reads may see what tools have answered: all that Claude has read. */
export function toWireRunLine({ position, at, items }: RunLine, withResults: boolean): WireRunLine {
  return { position, at, items: items.map((item) => toWireRunItem(item, withResults)) };
}

function toWireRunItem(item: RunItem, withResults: boolean): WireRunItem {
  const wire = withSnakeCase(item);
  return (item.kind === 'tool_result' && !withResults ? { ...wire, text: null } : wire) as WireRunItem;
}
