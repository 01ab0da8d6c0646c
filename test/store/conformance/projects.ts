import { describe, expect, test } from 'vitest';
import { asProjectId, type ProjectId } from '../../../src/project/ids.ts';
import { planText } from '../../../src/store/plans.ts';
import {
  countByStatus,
  findProject,
  findProjectByRequest,
  listProjects,
  projectIdsFrom,
} from '../../../src/store/projects.ts';
import { addProject, id, minute } from '../rows.ts';
import type { StoreUnderTest } from './store-under-test.ts';

export function projectsConform({ write, read }: StoreUnderTest): void {
  describe('projects', () => {
    test('projects come back as they were put in, with their plan', async () => {
      const markdown = '# Ünïcode 😀\n\n```\n"quoted" \\ and \'single\'\n```\n';
      const row = {
        title: 'Größe',
        priority: -3,
        model: 'opus',
        max_turns: 40,
        timeout_ms: 5_400_000,
        budget_usd: 2.5,
        checks: '["test","lint"]',
        on_approve: 'branch' as const,
        max_rounds: 3,
        permission_mode: 'plan' as const,
        deny: '["WebFetch"]',
        ask: '["Bash(git push *)"]',
        answer_after_ms: 60_000,
        outline: 1,
        outline_round: 1,
        claimed_by: 'supervisor' as const,
        session_id: 's',
        round: 2,
        tries: 3,
        not_before: minute(9),
        attention: 'why',
        place: 'site',
        attention_from: 'in_progress' as const,
        expires_at: minute(60),
        depends_on: '["000000000002"]',
      };
      await write((trx) => addProject(trx, 1, row, markdown));
      expect(await findProject(read(), id(1))).toEqual({
        id: id(1),
        title: 'Größe',
        status: 'pending',
        workspace: '/work/1',
        place: 'site',
        priority: -3,
        model: 'opus',
        maxTurns: 40,
        timeoutMs: 5_400_000,
        budgetUsd: 2.5,
        isolation: null,
        base: null,
        checks: ['test', 'lint'],
        onApprove: 'branch',
        maxRounds: 3,
        dependsOn: [id(2)],
        permissionMode: 'plan',
        deny: ['WebFetch'],
        ask: ['Bash(git push *)'],
        answerAfterMs: 60_000,
        outline: true,
        outlineRound: 1,
        claimedBy: 'supervisor',
        runId: null,
        sessionId: 's',
        round: 2,
        tries: 3,
        notBefore: minute(9),
        attention: 'why',
        attentionFrom: 'in_progress',
        expiresAt: minute(60),
        scheduleId: null,
        slot: null,
        createdAt: minute(1),
        updatedAt: minute(1),
      });
      expect(await planText(read(), id(1))).toBe(markdown);
      expect(await findProject(read(), id(2))).toBeUndefined();
    });

    test('projects are found by what is literally in their title, or at the beginning of their id', async () => {
      const titles = ['100% done', 'A_b', 'Acb', "it's \\ here", 'größe'];
      for (const [at, title] of titles.entries()) await write((trx) => addProject(trx, at + 1, { title }));
      const found = async (words: string) =>
        (await listProjects(read(), { limit: 9, words, oldestFirst: true })).map(({ title }) => title);
      expect(await found('%')).toEqual(['100% done']);
      expect(await found('a_B')).toEqual(['A_b']);
      expect(await found('\\ H')).toEqual(["it's \\ here"]);
      expect(await found("'s")).toEqual(["it's \\ here"]);
      expect(await found('röß')).toEqual(['größe']);
      expect(await found(id(3))).toEqual(['Acb']);
      expect(await found(id(3).slice(1))).toEqual([]);
      expect(await found('nothing')).toEqual([]);
    });

    test('a project is found by the request that sent it, of which there is one', async () => {
      await write((trx) => addProject(trx, 1, { request_id: 'r' }));
      expect((await findProjectByRequest(read(), 'r'))?.id).toBe(id(1));
      expect(await findProjectByRequest(read(), 'other')).toBeUndefined();
      await expect(write((trx) => addProject(trx, 2, { request_id: 'r' }))).rejects.toThrow(/UNIQUE/i);
    });

    test('many projects may be sent without a request', async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
      });
      expect(await countByStatus(read())).toEqual({ pending: 2 });
    });

    test('projects are found by the beginning of their id', async () => {
      await write(async (trx) => {
        await addProject(trx, 1, { id: asProjectId('abc000000000') });
        await addProject(trx, 2, { id: asProjectId('abcf00000000') });
        await addProject(trx, 3, { id: asProjectId('abd000000000') });
      });
      expect(await projectIdsFrom(read(), 'abc', 10)).toEqual(['abc000000000', 'abcf00000000']);
      expect(await projectIdsFrom(read(), 'abc', 1)).toEqual(['abc000000000']);
      expect(await projectIdsFrom(read(), 'abcf00000000', 10)).toEqual(['abcf00000000']);
      expect(await projectIdsFrom(read(), 'f', 10)).toEqual([]);
    });

    test('projects are listed newest first, a page at a time, each once', async () => {
      await write(async (trx) => {
        // Five share their time of birth: the id decides.
        for (let n = 1; n <= 10; n++) await addProject(trx, n, { created_at: minute(n <= 5 ? 0 : n) });
      });
      const seen: string[] = [];
      let after: { createdAt: string; id: ProjectId } | undefined;
      for (;;) {
        const page = await listProjects(read(), { limit: 3, ...(after ? { after } : {}) });
        seen.push(...page.map((project) => project.id));
        const last = page.at(-1);
        if (!last) break;
        after = { createdAt: last.createdAt, id: last.id };
      }
      expect(seen).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(id));
    });

    test('projects are listed oldest first on request, and only those of some statuses', async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2, { status: 'attention' });
        await addProject(trx, 3, { status: 'awaiting_approval' });
        await addProject(trx, 4, { status: 'awaiting_approval' });
      });
      const filter = { statuses: ['awaiting_approval', 'attention'], oldestFirst: true, limit: 2 } as const;
      const first = await listProjects(read(), filter);
      expect(first.map((project) => project.id)).toEqual([id(2), id(3)]);
      const after = { createdAt: minute(3), id: id(3) };
      const second = await listProjects(read(), { ...filter, after });
      expect(second.map((project) => project.id)).toEqual([id(4)]);
    });

    test('projects are counted by status', async () => {
      await write(async (trx) => {
        await addProject(trx, 1);
        await addProject(trx, 2);
        await addProject(trx, 3, { status: 'complete' });
      });
      expect(await countByStatus(read())).toEqual({ pending: 2, complete: 1 });
    });
  });
}
