/** What `import` took over, in words. */
import { describeCounts } from '../../project/graph.ts';
import { inQuotes } from '../../project/quotation.ts';
import { plural } from '../../project/text.ts';
import type {
  WireGraphImport,
  WireMessageImport,
  WireProjectImport,
  WireScriptImport,
} from '../../wire/schemas/import.ts';

const DRY = 'Dry run: nothing was changed.';

export function channelImportLines(done: WireMessageImport): string[] {
  const { dry_run: isDry, messages, added, channels, renamed, without_key: withoutKey, readers } = done;
  const verb = isDry ? 'to import' : 'imported';
  return [
    `${plural(added, 'message')} ${verb}, in ${plural(channels, 'channel')}; ${messages - added} of ${messages} are here already.`,
    ...(renamed > 0
      ? [
          `${plural(renamed, 'message')} under a cleaned name: tools take no name with control or hidden characters.`,
        ]
      : []),
    ...(withoutKey > 0
      ? [`${plural(withoutKey, 'message')} without a key: another message here has it.`]
      : []),
    `${plural(readers, 'reader')} ${isDry ? 'in the file' : 'moved forward'}.`,
    isDry ? DRY : 'Next: bridge-supervisor setup --toolset channels',
  ];
}

export function relayImportLines(done: WireMessageImport): string[] {
  const { dry_run: isDry, messages, added, unread } = done;
  return [
    `${plural(added, 'message')} ${isDry ? 'to import' : 'imported'} into the relay, ${unread} of them unread; ${messages - added} of ${messages} are here already.`,
    isDry ? DRY : 'Next: bridge-supervisor setup --toolset relay',
  ];
}

export function scriptImportLines(done: WireScriptImport): string[] {
  const { dry_run: isDry, scripts, runs, added, too_old: tooOld, tasks, unreadable } = done;
  const here = runs - added - tooOld;
  return [
    `${plural(added, 'run')} of scripts ${isDry ? 'to import' : 'imported'}; ${here} of ${runs} are here already.`,
    ...(tooOld > 0 ? [`${plural(tooOld, 'run')} older than is kept here, and left out.`] : []),
    ...(tasks > 0
      ? [`${plural(tasks, 'task')} that nobody took up there: pass on again what is still wanted.`]
      : []),
    ...(unreadable > 0 ? [`${plural(unreadable, 'file')} not understood, and left out.`] : []),
    ...(scripts.length > 0
      ? [
          `Its scripts: ${scripts.join(', ')}. None may run before you list it: read it, then name its folder and it in 'scripts' in config.json.`,
        ]
      : []),
    isDry ? DRY : 'Next: bridge-supervisor setup --toolset scripts',
  ];
}

export function graphImportLines(done: WireGraphImport): string[] {
  const { dry_run: isDry, found, added, other_types: others, cleaned, divided, blank, not_understood } = done;
  const named = others.slice(0, MAX_NAMED).map(inQuotes);
  const rest = others.length > MAX_NAMED ? ', …' : '';
  return [
    `${isDry ? 'To import' : 'Imported'}: ${describeCounts(added)}.`,
    `In the file: ${describeCounts(found)}; the others are here already.`,
    ...(others.length > 0 ? [`Here with another type, which stays: ${named.join(', ')}${rest}.`] : []),
    ...(cleaned > 0
      ? [`${plural(cleaned, 'text')} cleaned: tools take no control or hidden characters in names.`]
      : []),
    ...(divided > 0 ? [`${plural(divided, 'observation')} kept in parts: longer than one may be here.`] : []),
    ...(blank > 0 ? [`${plural(blank, 'observation')} without any text, left out.`] : []),
    ...(not_understood > 0 ? [`${plural(not_understood, 'line')} not understood, and left out.`] : []),
    isDry ? DRY : 'Next: bridge-supervisor setup --toolset graph',
  ];
}

type Line = WireProjectImport['projects'][number];

export function projectImportLines(done: WireProjectImport): string[] {
  const { dry_run: isDry, projects } = done;
  const of = (...changes: Line['change'][]) => projects.filter(({ change }) => changes.includes(change));
  const fresh = of('added', 'continued');
  const sum = (key: 'updates' | 'completions' | 'decisions' | 'shortened') =>
    fresh.reduce((total, project) => total + project[key], 0);
  const open = fresh.filter(({ status }) => status === 'attention' || status === 'awaiting_approval');
  const record = [
    plural(sum('updates'), 'update'),
    plural(sum('completions'), 'completion'),
    plural(sum('decisions'), 'decision'),
  ];
  return [
    `${plural(of('added').length, 'project')} ${isDry ? 'to import' : 'imported'}, with ${record.join(', ')}; ${projects.length - of('added').length} of ${projects.length} are here already.`,
    ...told(of('continued'), 'had more to add'),
    ...told(of('gone_on'), 'went on here since: what is new in the file is left out'),
    ...told(of('taken'), 'not imported: another project here has that id'),
    ...(sum('shortened') > 0
      ? [`${plural(sum('shortened'), 'text')} cut to what is kept here; the file has them whole.`]
      : []),
    ...(done.not_understood.length > 0
      ? [`Not understood, and left out: ${done.not_understood.join(', ')}.`]
      : []),
    ...openLines(open),
    isDry ? DRY : next(open),
  ];
}

const MAX_NAMED = 20;

function told(projects: readonly Line[], what: string): string[] {
  if (projects.length === 0) return [];
  const ids = projects.slice(0, MAX_NAMED).map(({ project_id }) => project_id);
  const rest = projects.length > MAX_NAMED ? ', …' : '';
  return [`${plural(projects.length, 'project')} ${what} (${ids.join(', ')}${rest}).`];
}

function openLines(open: readonly Line[]): string[] {
  if (open.length === 0) return [];
  return [
    '',
    'Nothing of them begins by itself. Waiting for you:',
    ...open.slice(0, MAX_NAMED).map(line),
    ...(open.length > MAX_NAMED ? [`  … and ${open.length - MAX_NAMED} more`] : []),
    '',
  ];
}

function line({ project_id, title, status, attention }: Line): string {
  const why = status === 'awaiting_approval' ? 'submitted work to decide on' : attention;
  return `  ${project_id}  ${inQuotes(title)}: ${why}`;
}

function next(open: readonly Line[]): string {
  const [first] = open;
  if (!first) return 'Next: bridge-supervisor list';
  return first.status === 'awaiting_approval'
    ? `Next: bridge-supervisor show ${first.project_id}`
    : `Next: bridge-supervisor retry ${first.project_id}, or cancel it`;
}
