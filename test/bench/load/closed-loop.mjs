import { openConnection } from './connection.mjs';

/**
 * Load in a closed loop: each connection sends its next request when the answer to the last one is there. The percentiles are
 * those of the requests that were really sent, uncorrected: what a caller sees who waits for answers.
 * @param {{port: number, path: string, authorization: string, contentType: string}} target
 * @param {{bodies: (string | Uint8Array)[], connections: number, seconds: number}} options
 */
export async function loadClosedLoop(target, { bodies, connections, seconds }) {
  const requests = bodies.map((body) => toRequest(target, body));
  const latencies = [];
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      let connection = await openConnection(target.port);
      for (let i = index * 37; performance.now() < endAt; i++) {
        const sentAt = performance.now();
        try {
          const answer = await connection.send(requests[i % requests.length]);
          latencies.push(performance.now() - sentAt);
          if (answer.status !== 200) failures++;
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
