import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive HTTP/1.1 connection that sends prepared requests and waits for each answer: as little client as there can be,
 * since client and server share the machine's cores.
 * @returns {Promise<{send: (request: Buffer) => Promise<{status: number, body: Buffer}>, close: () => void}>}
 */
export async function openConnection(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise((done, failed) => {
    socket.once('connect', done);
    socket.once('error', failed);
  });
  let received = Buffer.alloc(0);
  let waiting = null;
  const fail = (error) => {
    waiting?.failed(error);
    waiting = null;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (answer === null || waiting === null) return;
    received = received.subarray(answer.length);
    const { done } = waiting;
    waiting = null;
    done(answer);
  });
  return {
    send: (request) =>
      new Promise((done, failed) => {
        if (socket.destroyed) return failed(new Error('the connection is closed'));
        waiting = { done, failed };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** The first answer in `bytes`, or null while it is not whole. */
function readAnswer(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.latin1Slice(0, headEnd);
  const bodyStart = headEnd + HEAD_END.length;
  const status = Number(head.slice(9, 12));
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (declared === undefined) return readChunked(bytes, bodyStart, status);
  const length = bodyStart + Number(declared);
  return bytes.length < length ? null : { status, body: bytes.subarray(bodyStart, length), length };
}

/** RFC 9112, 7.1. */
function readChunked(bytes, start, status) {
  const chunks = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.latin1Slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { status, body: Buffer.concat(chunks), length: next };
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
