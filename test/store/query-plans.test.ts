import Sqlite from 'better-sqlite3';
import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely';
import { describe, expect, test } from 'vitest';
import { LOCAL_MACHINE } from '../../src/project/ids.ts';
import {
  channelMessagesAfter,
  channelTotals,
  findChannelMessage,
  findChannelMessageByKey,
  messagesBefore,
  numberBeforeNewest,
} from '../../src/store/channels.ts';
import type { Reader } from '../../src/store/database.ts';
import { BEGINNING, eventsAfter, newestCursor, newestOfChannels } from '../../src/store/events.ts';
import { observationsOf } from '../../src/store/graph.ts';
import { relationsAfter } from '../../src/store/graph-pages.ts';
import {
  keysAfter,
  memoryTotals,
  newestVersion,
  supersededBytes,
  versionsOf,
} from '../../src/store/memory.ts';
import { newMessages, notificationsReadOrGone } from '../../src/store/message-news.ts';
import { waitingMessages } from '../../src/store/messages.ts';
import {
  countByStatus,
  findProjectByRequest,
  listProjects,
  projectIdsFrom,
} from '../../src/store/projects.ts';
import {
  expiredProjects,
  nextExpiry,
  nextReadyAt,
  queuedProjects,
  readyProjects,
} from '../../src/store/queue.ts';
import { findReader } from '../../src/store/readers.ts';
import { readMarks } from '../../src/store/reads.ts';
import { completionsOf, lastDecision, newestCompletions } from '../../src/store/reviews.ts';
import { spentBetween } from '../../src/store/run-facts.ts';
import { openRuns, openRunsOf, runsOf } from '../../src/store/runs.ts';
import type { Tables } from '../../src/store/schema.ts';
import { latestUpdatesOf, updatesOf } from '../../src/store/updates.ts';
import { createRig } from '../rig.ts';
import { storeFile } from './raw.ts';
import { id, minute, NOW } from './rows.ts';

/** How SQLite answers the first query of `work`, line by line. */
async function planOf(work: (db: Reader) => Promise<unknown>): Promise<string[]> {
  await using rig = await createRig();
  const sqlite = new Sqlite(storeFile(rig.home));
  const queries: CompiledQuery[] = [];
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: sqlite }),
    log({ query }) {
      queries.push(query);
    },
  });
  await work(db);
  const [query] = queries;
  const lines = sqlite.prepare(`EXPLAIN QUERY PLAN ${query?.sql}`).all(...(query?.parameters ?? []));
  await db.destroy();
  return lines.map((line) => (line as { detail: string }).detail);
}

const after = { createdAt: minute(1), id: id(1) };
const held = { families: ['opus', 'sonnet'], model: null, pending: false };

describe('reading the queue', () => {
  const walk = [
    'SCAN projects USING INDEX projects_ready',
    'CORRELATED SCALAR SUBQUERY 1',
    'SEARCH dependencies USING COVERING INDEX sqlite_autoindex_dependencies_1 (project_id=?)',
    'SEARCH needed USING INDEX sqlite_autoindex_projects_1 (id=?)',
    'CORRELATED SCALAR SUBQUERY 2',
    'SEARCH runs USING INDEX runs_open_by_workspace (machine_id=? AND workspace=?)',
  ];

  test('the next project is found in the order of the queue, reading only as far as needed', async () => {
    expect(await planOf((db) => readyProjects(db, LOCAL_MACHINE, NOW, 1))).toEqual(walk);
  });

  test('the next project is found in the order of the queue while some models are held', async () => {
    expect(await planOf((db) => readyProjects(db, LOCAL_MACHINE, NOW, 1, held))).toEqual(walk);
  });

  test('what waits is listed from the queue alone, which leaves out what runs', async () => {
    expect(await planOf((db) => queuedProjects(db, 20))).toEqual(walk.slice(0, 1));
  });
});

test('a list of several statuses reads a page of each, and sorts no more than these', async () => {
  const statuses = ['awaiting_approval', 'attention'] as const;
  const plan = await planOf((db) => listProjects(db, { statuses, oldestFirst: true, limit: 20 }));
  const steps = plan.filter((step) => step.includes('projects') || step.includes('MERGE'));
  const page = 'SEARCH projects USING INDEX projects_by_status (status=?)';
  expect(steps).toEqual(['MERGE (UNION ALL)', page, page]);
});

describe('lists', () => {
  const live = 'SEARCH run_live USING INDEX sqlite_autoindex_run_live_1 (run_id=?) LEFT-JOIN';
  test.each<[string, (db: Reader) => Promise<unknown>, ...string[]]>([
    ['all projects', (db) => listProjects(db, { limit: 20 }), 'SCAN projects USING INDEX projects_by_age'],
    [
      'a further page of them',
      (db) => listProjects(db, { limit: 20, after }),
      'SEARCH projects USING INDEX projects_by_age ((created_at,id)<(?,?))',
    ],
    [
      'the approval queue',
      (db) => listProjects(db, { statuses: ['awaiting_approval'], oldestFirst: true, limit: 20 }),
      'SEARCH projects USING INDEX projects_by_status (status=?)',
    ],
    [
      'a further page of it',
      (db) => listProjects(db, { statuses: ['awaiting_approval'], oldestFirst: true, limit: 20, after }),
      'SEARCH projects USING INDEX projects_by_status (status=? AND (created_at,id)>(?,?))',
    ],
    [
      'the next end of a back-off',
      (db) => nextReadyAt(db, NOW),
      'SEARCH projects USING INDEX projects_backing_off (not_before>? AND not_before<?)',
    ],
    [
      'plans that have expired',
      (db) => expiredProjects(db, NOW, 100),
      'SEARCH projects USING INDEX projects_expiring (status=? AND expires_at<?)',
    ],
    [
      'the next plan to expire',
      (db) => nextExpiry(db),
      'SEARCH projects USING COVERING INDEX projects_expiring (status=? AND expires_at>?)',
    ],
    [
      'the project of a request',
      (db) => findProjectByRequest(db, 'r'),
      'SEARCH projects USING INDEX sqlite_autoindex_projects_2 (request_id=?)',
    ],
    [
      'projects by the beginning of their id',
      (db) => projectIdsFrom(db, 'ab', 3),
      'SEARCH projects USING COVERING INDEX sqlite_autoindex_projects_1 (id>? AND id<?)',
    ],
    ['how many there are of each status', (db) => countByStatus(db), 'SCAN project_counts'],
    [
      'events after a cursor',
      (db) => eventsAfter(db, BEGINNING, 100),
      'SEARCH events USING INTEGER PRIMARY KEY (rowid>?)',
    ],
    [
      'events of one project',
      (db) => eventsAfter(db, BEGINNING, 100, id(1)),
      'SEARCH events USING INDEX events_by_project (project_id=? AND id>?)',
    ],
    [
      'the newest events of channels',
      (db) => newestOfChannels(db, 'channel.cleared', 'c', 100),
      'SEARCH events USING INDEX events_by_project (project_id=?)',
    ],
    [
      'messages that nobody was told of yet',
      (db) => newMessages(db, 7, 50),
      'SEARCH channel_messages USING INTEGER PRIMARY KEY (rowid>?)',
    ],
    [
      'notifications of messages that were read meanwhile',
      (db) => notificationsReadOrGone(db),
      'SEARCH notifications USING INDEX notifications_of_message (message_number>?)',
      'CORRELATED SCALAR SUBQUERY 1',
      'SEARCH reads USING COVERING INDEX reads_by_number (number=?)',
      'CORRELATED SCALAR SUBQUERY 2',
      'SEARCH channel_messages USING INTEGER PRIMARY KEY (rowid=?)',
    ],
    [
      'messages that are too old',
      (db) => messagesBefore(db, NOW, 500),
      'SEARCH channel_messages USING INDEX channel_messages_by_age (stored_at<?)',
    ],
    ['the newest event', (db) => newestCursor(db), 'SEARCH events'],
    ['open runs', (db) => openRuns(db), 'SCAN runs USING INDEX runs_open', live],
    [
      'the open runs of some projects',
      (db) => openRunsOf(db, [id(1), id(2)]),
      'SEARCH runs USING INDEX runs_open_by_project (project_id=?)',
      live,
    ],
    [
      'the observations of an entity of the graph',
      (db) => observationsOf(db, 1),
      'SEARCH graph_observations USING INDEX graph_observations_by_entity (entity_id=?)',
    ],
    [
      'relations of the graph, page by page',
      (db) => relationsAfter(db, { kind: 'all' }, 7, 20),
      'SEARCH graph_relations USING INTEGER PRIMARY KEY (rowid>?)',
    ],
    [
      'keys of the shared memory that begin so',
      (db) => keysAfter(db, 'shop/', 'shop/a', 20),
      'SEARCH memory USING INDEX memory_current (superseded_at=? AND key>? AND key<?)',
    ],
    [
      'the newest version of a key',
      (db) => newestVersion(db, 'k'),
      'SEARCH memory USING INDEX memory_current (superseded_at=? AND key=?)',
    ],
    ['the versions of a key', (db) => versionsOf(db, 'k'), 'SEARCH memory USING INDEX memory_by_key (key=?)'],
    [
      'how much the shared memory holds',
      (db) => memoryTotals(db),
      'SEARCH memory USING COVERING INDEX memory_current (superseded_at=?)',
    ],
    [
      'how much earlier versions take',
      (db) => supersededBytes(db),
      'SEARCH memory USING COVERING INDEX memory_current (superseded_at>?)',
    ],
    [
      'the runs of a project',
      (db) => runsOf(db, id(1)),
      'SEARCH runs USING INDEX runs_by_project (project_id=?)',
      live,
    ],
    [
      'what a day has cost',
      (db) => spentBetween(db, NOW, minute(60)),
      'COMPOUND QUERY',
      'LEFT-MOST SUBQUERY',
      'SEARCH runs USING INDEX runs_by_age (created_at>? AND created_at<?)',
      'UNION ALL',
      'SEARCH runs USING INDEX runs_by_age (created_at>? AND created_at<?)',
      'SEARCH run_live USING INDEX sqlite_autoindex_run_live_1 (run_id=?)',
    ],
    [
      'updates after one',
      (db) => updatesOf(db, id(1), 5, 20),
      'SEARCH updates USING INDEX updates_by_project (project_id=? AND id>?)',
    ],
    [
      'the newest updates',
      (db) => latestUpdatesOf(db, id(1), 20),
      'SEARCH updates USING INDEX updates_by_project (project_id=?)',
    ],
    [
      'messages that wait',
      (db) => waitingMessages(db, id(1)),
      'SEARCH messages USING INDEX messages_waiting (project_id=?)',
    ],
    [
      'the completions of a project',
      (db) => completionsOf(db, id(1)),
      'SEARCH completions USING INDEX sqlite_autoindex_completions_1 (project_id=?)',
    ],
    [
      'what some projects have submitted in their round',
      (db) => newestCompletions(db, [id(1), id(2)]),
      'SEARCH projects USING INDEX sqlite_autoindex_projects_1 (id=?)',
      'SEARCH completions USING INDEX sqlite_autoindex_completions_1 (project_id=? AND round=?)',
    ],
    [
      'its newest decision',
      (db) => lastDecision(db, id(1)),
      'SEARCH approvals USING INDEX sqlite_autoindex_approvals_1 (project_id=?)',
    ],
  ])('a list reads and sorts no more than it shows: %s', async (_, work, ...plan) => {
    expect(await planOf(work)).toEqual(plan);
  });
});

describe('channels', () => {
  const ofChannel = 'channel_messages_by_channel';
  test.each<[string, (db: Reader) => Promise<unknown>, ...string[]]>([
    [
      'the next messages of a channel',
      (db) => channelMessagesAfter(db, 'c', 5, 20),
      `SEARCH channel_messages USING INDEX ${ofChannel} (channel=? AND number>?)`,
    ],
    [
      'the newest messages of a channel',
      (db) => numberBeforeNewest(db, 'c', 20),
      `SEARCH channel_messages USING COVERING INDEX ${ofChannel} (channel=?)`,
    ],
    [
      'a message by its key',
      (db) => findChannelMessageByKey(db, 'c', 's', 'k'),
      'SEARCH channel_messages USING INDEX channel_messages_by_key (channel=? AND sender=? AND dedupe_key=?)',
    ],
    [
      'a message by its id',
      (db) => findChannelMessage(db, 'i'),
      'SEARCH channel_messages USING INDEX sqlite_autoindex_channel_messages_1 (id=?)',
    ],
    [
      'how many there are, and their size',
      (db) => channelTotals(db),
      'SCAN channel_messages USING COVERING INDEX channel_messages_by_age',
    ],
    [
      'the position of a reader',
      (db) => findReader(db, 'r', 'c'),
      'SEARCH readers USING INDEX sqlite_autoindex_readers_1 (reader=? AND channel=?)',
    ],
    [
      'the marks of a channel',
      (db) => readMarks(db, 'c'),
      `SEARCH channel_messages USING COVERING INDEX ${ofChannel} (channel=?)`,
      'SEARCH reads USING INDEX reads_by_number (number=?)',
    ],
  ])('%s: read by an index, and no content that is not shown', async (_, work, ...plan) => {
    expect(await planOf(work)).toEqual(plan);
  });
});
