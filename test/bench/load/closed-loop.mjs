import { openConnection } from './connection.mjs';

/**
 * Load in a closed loop over prepared bodies, each connection from its own place on.
 * @param {{port: number, path: string, authorization: string, contentType: string}} target
 * @param {{bodies: (string | Uint8Array)[], connections: number, seconds: number}} options
 */
export async function loadClosedLoop(target, { bodies, connections, seconds }) {
  const requests = bodies.map((body) => toRequest(target, body));
  const isGood = ({ status }) => status === 200;
  const next = (connection, turn) => ({ request: requests[(connection * 37 + turn) % requests.length], isGood });
  return sendInClosedLoop(target, { next, connections, seconds });
}

/**
 * Load in a closed loop: each connection sends its next request when the answer to the last one is there. The percentiles are
 * those of the requests that were really sent, uncorrected: what a caller sees who waits for answers.
 * @param {{port: number}} target
 * @param {{next: (connection: number, turn: number) => {request: Buffer, isGood: (answer: {status: number, body: Buffer}) => boolean},
 *   connections: number, seconds: number}} options answers that are not good count as failures
 */
export async function sendInClosedLoop(target, { next, connections, seconds }) {
  const latencies = [];
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      let connection = await openConnection(target.port);
      for (let turn = 0; performance.now() < endAt; turn++) {
        const { request, isGood } = next(index, turn);
        const sentAt = performance.now();
        try {
          const answer = await connection.send(request);
          latencies.push(performance.now() - sentAt);
          if (!isGood(answer)) failures++;
        } catch {
          failures++;
          connection = await openConnection(target.port);
        }
      }
      connection.close();
    }),
  );
  const elapsedMs = performance.now() - startedAt;
  return {
    ...percentiles(latencies),
    requestsPerSecond: (latencies.length / elapsedMs) * 1000,
    requests: latencies.length,
    elapsedMs,
    failures,
  };
}

/** The prepared bytes of one call. */
export function toRequest(target, body) {
  const content = Buffer.from(body);
  const head = [
    `POST ${target.path} HTTP/1.1`,
    `host: 127.0.0.1:${target.port}`,
    `authorization: ${target.authorization}`,
    `content-type: ${target.contentType}`,
    `content-length: ${content.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content]);
}

function percentiles(latencies) {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}
