/** What each service of others is sent, with all that a service reads in a text made harmless. */
import type { Notice, NotificationKind } from '../project/notice.ts';
import type { NoticeText } from '../project/notice-text.ts';

/** https://docs.ntfy.sh/publish/#publish-as-json. Since 2.16 one of the same sequence takes the place of the one before. */
export function ntfyBody(
  { kind, tag }: Notice,
  { title, body }: NoticeText,
  topic: string,
  url: string | null,
) {
  return {
    topic,
    title,
    // An empty one would be shown as "triggered".
    message: body || title,
    ...(NTFY_LOOKS[kind] ?? WAITS),
    sequence_id: tag.replaceAll(/[^\w-]/g, '_').slice(0, 64),
    ...(url !== null && { click: url }),
  };
}

/** What waits for a person; and what waits for nobody. */
const WAITS = { priority: 4, tags: ['inbox_tray'] };
const OVER = { priority: 2, tags: ['white_check_mark'] };
const NTFY_LOOKS: Partial<Record<NotificationKind, typeof WAITS>> = {
  decided: OVER,
  hold_ended: OVER,
  message: { priority: 3, tags: ['speech_balloon'] },
};

/** https://docs.slack.dev/messaging/formatting-message-text: `<` begins a mention or a link. */
export function slackBody(text: NoticeText, url: string | null) {
  const whole = wholeOf(text);
  const plain = { type: 'section', text: { type: 'plain_text', text: whole, emoji: false } };
  const link = { type: 'section', text: { type: 'mrkdwn', text: `<${url}|Open>` } };
  return {
    text: whole.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    blocks: url === null ? [plain] : [plain, link],
    unfurl_links: false,
  };
}

/** SUPPRESS_EMBEDS of https://docs.discord.com/developers/resources/message#message-object-message-flags. */
const SUPPRESS_EMBEDS = 4;

/** https://docs.discord.com/developers/resources/webhook#execute-webhook. Nobody is mentioned, whatever a text says. */
export function discordBody(text: NoticeText, url: string | null) {
  const words = asPlainMarkdown(wholeOf(text));
  return {
    content: url === null ? words : `${words}\n<${url}>`,
    flags: SUPPRESS_EMBEDS,
    allowed_mentions: { parse: [] },
  };
}

/** Every sign that could begin something is written as itself. */
function asPlainMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_~|<>[\]()#@:+.!-]/g, (sign) => `\\${sign}`);
}

function wholeOf({ title, body }: NoticeText): string {
  return body === '' ? title : `${title}\n${body}`;
}
