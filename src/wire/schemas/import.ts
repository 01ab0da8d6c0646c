import * as z from 'zod';
import { IMPORT_CHANGES } from '../../project/imported.ts';
import { PROJECT_STATUSES } from '../../project/project.ts';
import { path } from './scalars.ts';

const dryRun = () => z.boolean().describe('nothing was changed');

const messages = z.strictObject({
  dry_run: dryRun(),
  file: path(),
  kind: z.enum(['claude-bridge', 'relay']).describe('whose file it is'),
  messages: z.int().describe('in the file'),
  added: z.int().describe('of these, now, or to be added'),
  channels: z.int().describe('that the added ones belong to'),
  renamed: z.int().describe('of the added ones, under a cleaned name of the channel or sender'),
  without_key: z.int().describe('of the added ones, since another message here has their key'),
  readers: z.int().describe('moved forward; before: in the file'),
  unread: z.int().describe('of the added ones of a relay, those that their side has not read'),
});

const project = z.strictObject({
  project_id: z.string(),
  foreign_id: z.string().describe('in the file'),
  title: z.string(),
  change: z
    .enum(IMPORT_CHANGES)
    .describe(
      '`continued`: it was here, and there is more by now; `here`: nothing is new; `gone_on`: it has gone on here, and what is new there is left out; `taken`: another project has its id',
    ),
  was: z.string().describe('its status in the file'),
  status: z.enum(PROJECT_STATUSES).nullable().describe('its status here; null where it is `taken`'),
  attention: z.string().nullable().describe('why it waits for you'),
  updates: z.int().describe('added'),
  completions: z.int().describe('added'),
  decisions: z.int().describe('added'),
  shortened: z.int().describe('texts that are longer than is kept here, and were cut'),
});

const projects = z.strictObject({
  dry_run: dryRun(),
  file: path(),
  kind: z.literal('python-bridge'),
  projects: z.array(project),
  not_understood: z.array(z.string()).describe('what has values in the file and was left out, and how many'),
});

const scripts = z.strictObject({
  dry_run: dryRun(),
  file: path(),
  kind: z.literal('cowork-to-code-bridge'),
  scripts: z.array(z.string()).describe('in its folder; none may run before you list it'),
  runs: z.int().describe('in its record, with what waited to be run'),
  added: z.int().describe('of these, now, or to be added'),
  too_old: z.int().describe('of these, older than is kept here'),
  tasks: z.int().describe('that nobody took up there, and nobody does here'),
  unreadable: z.int().describe('files that are something else'),
});

const graphCounts = z.strictObject({ entities: z.int(), observations: z.int(), relations: z.int() });

const graph = z.strictObject({
  dry_run: dryRun(),
  file: path(),
  kind: z.literal('memory'),
  found: graphCounts.describe('in the file'),
  added: graphCounts.describe('of these, now, or to be added'),
  other_types: z
    .array(z.string())
    .describe('entities that are here with another type, which stays; what the file says of them was added'),
  cleaned: z.int().describe('names and texts without control or hidden characters that they had, or cut'),
  divided: z.int().describe('observations kept in parts, since they are longer than one may be here'),
  blank: z.int().describe('observations without any text, left out'),
  not_understood: z.int().describe('lines that are something else, and left out'),
});

export const importSchema = z
  .discriminatedUnion('kind', [messages, projects, scripts, graph])
  .describe('What `import` took over, or would.');

export type WireImport = z.output<typeof importSchema>;
export type WireMessageImport = z.output<typeof messages>;
export type WireProjectImport = z.output<typeof projects>;
export type WireGraphImport = z.output<typeof graph>;
export type WireScriptImport = z.output<typeof scripts>;
