// One stream of /events by hand on a socket, where hundreds in one process must cost less than the server does.
import { connect } from 'node:net';

/**
 * Opens it after the event `known`, or from now on. Calls `onHello`, `onId` with each id, `onFrame` with the name of every
 * other frame, and once `onEnd` with the status that was answered (0: none) when it is over, whoever ended it. A frame that
 * was cut off is none: it comes again.
 */
export function followEvents(port, token, known, { onHello, onId, onFrame, onEnd }) {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
  const after = known === undefined ? '' : `Last-Event-ID: ${known}\r\n`;
  socket.write(
    `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n${after}\r\n`,
  );
  let rest = '';
  let status = 0;
  socket.on('data', (chunk) => {
    if (status === 0) status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(chunk)?.[1] ?? Number.NaN);
    // The marks of HTTP's chunks stand between frames and are passed over: the server splits none by one.
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      if (socket.destroyed) return;
      const id = /^id: (\d+)$/m.exec(frame)?.[1];
      const name = /^event: (\w+)$/m.exec(frame)?.[1];
      if (id !== undefined) onId(Number(id));
      else if (name === 'hello') onHello?.();
      else if (name !== undefined) onFrame?.(name);
    }
  });
  // `close` follows.
  socket.on('error', () => undefined);
  socket.on('close', () => onEnd(status));
  return socket;
}
