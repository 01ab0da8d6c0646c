import { settingsByColumn } from '../project/kept-settings.ts';
import type { Project } from '../project/project.ts';
import type { WireProject } from './schemas/project.ts';

export function toWireProject(project: Project): WireProject {
  return {
    id: project.id,
    title: project.title,
    status: project.status,
    workspace: project.workspace,
    ...settingsByColumn(project),
    claimed_by: project.claimedBy,
    session_id: project.sessionId,
    round: project.round,
    tries: project.tries,
    not_before: project.notBefore,
    attention: project.attention,
    attention_from: project.attentionFrom,
    expires_at: project.expiresAt,
    schedule_id: project.scheduleId,
    slot: project.slot,
    outline_round: project.outlineRound,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
  };
}
