/**
 * What every database of the store must do, whatever its make: one suite, given a way to open a fresh store. The
 * bridge rests on these answers and on nothing else.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { channelsConform } from './conformance/channels.ts';
import { eventsConform } from './conformance/events.ts';
import { holdsConform } from './conformance/holds.ts';
import { leaseConform } from './conformance/lease.ts';
import { memoryConform } from './conformance/memory.ts';
import { messagesConform } from './conformance/messages.ts';
import { projectsConform } from './conformance/projects.ts';
import { readyProjectsConform } from './conformance/ready-projects.ts';
import { reviewsConform } from './conformance/reviews.ts';
import { runsConform } from './conformance/runs.ts';
import type { StoreUnderTest, TestStore } from './conformance/store-under-test.ts';
import { transactionsConform } from './conformance/transactions.ts';
import { unknownWordsConform } from './conformance/unknown-words.ts';
import { updatesConform } from './conformance/updates.ts';

export function storeConformance(name: string, open: () => Promise<TestStore>): void {
  describe(`a store on ${name}`, () => {
    let current: TestStore;
    beforeEach(async () => {
      current = await open();
    });
    afterEach(async () => {
      await current[Symbol.asyncDispose]();
    });
    const store: StoreUnderTest = {
      database: () => current.database,
      connect: () => current.connect(),
      write: (work) => current.database.write(({ trx }) => work(trx)),
      read: () => current.database.read,
    };
    transactionsConform(store);
    projectsConform(store);
    readyProjectsConform(store);
    runsConform(store);
    reviewsConform(store);
    updatesConform(store);
    messagesConform(store);
    memoryConform(store);
    channelsConform(store);
    eventsConform(store);
    holdsConform(store);
    leaseConform(store);
    unknownWordsConform(store);
  });
}
