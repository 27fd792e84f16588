import { join, relative } from 'node:path';

/**
 * A workerd configuration (Cap'n Proto text, github.com/cloudflare/workerd `workerd.capnp`) that serves built Workers as they
 * are, each with its own R2 binding answered from a folder on disk.
 */

/**
 * @param {{name: string, folder: string, modules: {name: string, type: string}[], compatibilityDate: string,
 *   compatibilityFlags: string[], port?: number, services?: {binding: string, worker: string}[], bucket: boolean,
 *   variables: Record<string, string>}[]} workers those without `port` are reached by service bindings only
 * @param {{folder: string, storage: string, r2Module: string, v8Flags: string[]}} options `folder` is where the file will lie: what it
 *   embeds is named relative to it
 */
export function workerdConfig(workers, { folder, storage, r2Module, v8Flags }) {
  const sockets = workers
    .filter((worker) => worker.port !== undefined)
    .map((w) => `(name = "${w.name}", address = "127.0.0.1:${w.port}", http = (), service = "${w.name}")`);
  const services = workers.map((worker) => `(name = "${worker.name}", worker = (${workerText(worker, folder)}))`);
  services.push(
    `(name = "r2", worker = (modules = [(name = "r2.js", esModule = embed ${text(relative(folder, r2Module))})], compatibilityDate = "2026-10-20", bindings = [(name = "DISK", service = "disk")]))`,
    `(name = "disk", disk = (path = ${text(storage)}, writable = false))`,
  );
  const flags = v8Flags.length === 0 ? '' : `v8Flags = [${v8Flags.map(text).join(', ')}],`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  ${flags}
  services = [\n    ${services.join(',\n    ')}\n  ],
  sockets = [${sockets.join(', ')}]
);
`;
}

function workerText(worker, folder) {
  const modules = worker.modules.map(
    (m) => `(name = ${text(m.name)}, ${m.type} = embed ${text(relative(folder, join(worker.folder, m.name)))})`,
  );
  const bindings = [
    ...(worker.bucket ? ['(name = "BUCKET", r2Bucket = "r2")'] : []),
    ...(worker.services ?? []).map((s) => `(name = ${text(s.binding)}, service = ${text(s.worker)})`),
    ...Object.entries(worker.variables).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  const flags = worker.compatibilityFlags.map(text).join(', ');
  return `modules = [${modules.join(', ')}], compatibilityDate = ${text(worker.compatibilityDate)}, compatibilityFlags = [${flags}], bindings = [${bindings.join(', ')}]`;
}

function text(value) {
  return JSON.stringify(value);
}
