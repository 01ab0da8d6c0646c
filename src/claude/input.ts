/** The lines we write to a run's stdin (stream-json input). */

/** A message for Claude. It is repeated in the output, under the same `uuid`, when Claude takes it in. */
export function userMessage(text: string, uuid: string): string {
  return JSON.stringify({
    type: 'user',
    message: { role: 'user', content: text },
    parent_tool_use_id: null,
    uuid,
  });
}

/** Ends the turn under way; the only graceful stop where there are no signals. */
export function interruptRequest(requestId: string): string {
  return JSON.stringify({
    type: 'control_request',
    request_id: requestId,
    request: { subtype: 'interrupt' },
  });
}
