/** One notification as it is handed to whoever sends it: facts alone. What is said of them is in notice-text.ts. */
import type { HoldKind } from './hold.ts';
import type { ProjectStatus } from './project.ts';
import type { RelayClient } from './relay.ts';
import type { RequestKind } from './request.ts';

export const NOTIFICATION_KINDS = [
  'decision_wanted',
  'question',
  'permission',
  'gave_up',
  'hold_began',
  'hold_ended',
  'message', // of an agent to another
  'reminder', // of what still waits
  'digest', // of several at a time
  'decided', // takes the place of one that was shown, where a receiver can replace
  'test',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** What has become of a notification. */
export const NOTIFICATION_STATES = [
  'waiting', // for its time
  'sending', // a try is under way, or was cut off
  'gathered', // a digest that was not sent yet tells of it
  'sent',
  'dropped', // it was settled before it was sent
  'failed', // every try failed
] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

/** How much of a project a receiver is told: nothing but that there is something, its title, or also what Claude says. */
export const NOTIFICATION_DETAILS = ['none', 'title', 'summary'] as const;
export type NotificationDetail = (typeof NOTIFICATION_DETAILS)[number];

/** How notifications travel. */
export const NOTIFY_VIAS = ['os', 'webhook', 'ntfy', 'slack', 'discord', 'command', 'push'] as const;
export type NotifyVia = (typeof NOTIFY_VIAS)[number];

/** Whether a later notification can take the place of an earlier one there. */
export function canReplace(via: NotifyVia): boolean {
  return via !== 'slack';
}

export interface Notice {
  /** `n_` and 12 hex digits: the same on each try. */
  readonly id: string;
  readonly kind: NotificationKind;
  /** Of a reminder: what it reminds of. */
  readonly of: NotificationKind | null;
  /** Those of one tag tell of the same thing. */
  readonly tag: string;
  /** The event that it tells of; null: a digest, a message, or a test. */
  readonly eventId: number | null;
  /** When that happened. */
  readonly at: string;
  readonly project: {
    readonly id: string;
    readonly title: string;
    readonly status: ProjectStatus;
    readonly round: number;
    readonly workspace: string;
  } | null;
  readonly request: {
    readonly id: string;
    readonly kind: RequestKind;
    readonly tool: string;
    readonly question: string;
  } | null;
  readonly message: NoticeMessage | null;
  readonly hold: { readonly kind: HoldKind; readonly reason: string; readonly until: string | null } | null;
  /** What was measured of the round; null: nothing. */
  readonly measured: {
    readonly checks: { readonly passed: number; readonly failed: number } | null;
    readonly filesChanged: number | null;
    readonly costUsd: number | null;
  } | null;
  /** What Claude, the supervisor, or the sender of a message says; empty: nothing. */
  readonly summary: string;
  /** Of one that is decided: how, and by whom. */
  readonly decision: { readonly word: string; readonly by: string } | null;
  readonly digest: Digest | null;
  /** What the receiver answered to the one that this takes the place of; null: nothing, or it takes no place. */
  readonly replaces: string | null;
}

/** A message that a notification tells of. */
export interface NoticeMessage {
  readonly id: string;
  /** Null: the relay. */
  readonly channel: string | null;
  /** As it named itself; in the relay, its side. */
  readonly sender: string;
  /** Of a message of the relay: the side that it is for. */
  readonly recipient: RelayClient | null;
  /** It reaches nobody until the person lets it through. */
  readonly isHeld: boolean;
}

/** Several notifications in one. */
export interface Digest {
  /** How many of each kind, without those of none. */
  readonly counts: Partial<Readonly<Record<NotificationKind, number>>>;
  /** The first projects that they tell of. */
  readonly projects: readonly { readonly id: string; readonly title: string; readonly round: number }[];
}

/** How sending ended. Nothing secret is in `problem`: it is logged and shown. */
export type Delivery =
  | { readonly kind: 'sent' /** By which it can be replaced. */; readonly receipt: string | null }
  | { readonly kind: 'failed'; readonly problem: string; readonly retryAfterMs: number | null }
  /** The receiver wants nothing more. */
  | { readonly kind: 'gone'; readonly problem: string }
  /** We ended it ourselves: nothing is known about it. */
  | { readonly kind: 'stopped' };
