/** Items of lists that several views have. Pure. */
import type { WireProject } from '../../../wire/schemas/project.ts';
import type { Place } from '../place.ts';
import { EMPTY, type Line, line } from './line.ts';
import { projectLine } from './project.ts';
import type { Item } from './scroll.ts';

/** A heading after an empty line. */
export function heading(title: string, key = title): Item {
  return { key: `heading ${key}`, lines: [EMPTY, line(title, 'title')] };
}

export function note(key: string, lines: readonly Line[]): Item {
  return { key, lines };
}

export function projectItem(
  project: WireProject,
  columns: number,
  now: number,
  goTo: (place: Place) => void,
  key = project.id,
): Item {
  return {
    key,
    height: 1,
    get lines() {
      return [projectLine(project, columns, now)];
    },
    keys: { enter: () => goTo({ view: 'project', id: project.id }) },
  };
}

/** Nothing where there are none. */
export function section(title: string, items: readonly Item[]): Item[] {
  return items.length === 0 ? [] : [heading(title), ...items];
}

/** Before what can be folded; another than the sign of what is chosen. */
export function foldSign(isOpen: boolean): string {
  return isOpen ? '▾' : '▸';
}
