/** Builds the lines for the stdin of a run (stream-json input). */

/** A message for Claude. Claude echoes it in its output, under the same `uuid`, when it takes it in. */
export function userMessage(text: string, uuid: string): string {
  return JSON.stringify({
    type: 'user',
    message: { role: 'user', content: text },
    parent_tool_use_id: null,
    uuid,
  });
}

/** Interrupts the current turn; the only graceful stop where there are no signals. */
export function interruptRequest(requestId: string): string {
  return JSON.stringify({
    type: 'control_request',
    request_id: requestId,
    request: { subtype: 'interrupt' },
  });
}
