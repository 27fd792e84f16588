import { join, relative } from 'node:path';

/**
 * A workerd configuration (Cap'n Proto text, github.com/cloudflare/workerd `workerd.capnp`) that serves built Workers as they
 * are, each with its own R2 binding answered from a folder on disk: by a Worker beside them that only reads, or, where one is named `r2`
 * among the processes, by that.
 */

/**
 * @param {{name: string, folder: string, modules: {name: string, type: string}[], compatibilityDate: string,
 *   compatibilityFlags: string[], port?: number, services?: {binding: string, worker: string}[], bucket: boolean,
 *   queues?: {binding: string, process: string}[], objects?: {binding: string, className: string}[],
 *   variables: Record<string, string>}[]} workers those without `port` are reached by service bindings only
 * @param {{folder: string, storage: string, r2Module: string, v8Flags: string[], processes: {name: string, port: number}[], objectsFolder?:
 *   string}} options `folder` is where the file will lie: what it embeds is named relative to it; `processes` are other ones that are
 *   reached by HTTP; Durable Objects are kept in `objectsFolder`
 */
export function workerdConfig(workers, { folder, storage, r2Module, v8Flags, processes, objectsFolder }) {
  const sockets = workers
    .filter((worker) => worker.port !== undefined)
    .map((w) => `(name = "${w.name}", address = "127.0.0.1:${w.port}", http = (), service = "${w.name}")`);
  const services = workers.map((worker) => `(name = "${worker.name}", worker = (${workerText(worker, folder)}))`);
  for (const { name, port } of processes) {
    services.push(`(name = ${text(name)}, external = (address = "127.0.0.1:${port}", http = ()))`);
  }
  if (!processes.some(({ name }) => name === 'r2')) {
    services.push(
      `(name = "r2", worker = (modules = [(name = "r2.js", esModule = embed ${text(relative(folder, r2Module))})], compatibilityDate = "2026-10-20", bindings = [(name = "DISK", service = "disk")]))`,
      `(name = "disk", disk = (path = ${text(storage)}, writable = false))`,
    );
  }
  if (objectsFolder !== undefined) {
    services.push(`(name = "objects", disk = (path = ${text(objectsFolder)}, writable = true))`);
  }
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
    ...(worker.queues ?? []).map((q) => `(name = ${text(q.binding)}, queue = ${text(q.process)})`),
    ...(worker.objects ?? []).map((o) => `(name = ${text(o.binding)}, durableObjectNamespace = ${text(o.className)})`),
    ...Object.entries(worker.variables).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  const flags = worker.compatibilityFlags.map(text).join(', ');
  return `modules = [${modules.join(', ')}], compatibilityDate = ${text(worker.compatibilityDate)}, compatibilityFlags = [${flags}], bindings = [${bindings.join(', ')}]${objectsText(worker)}`;
}

function objectsText({ name, objects = [] }) {
  if (objects.length === 0) return '';
  const namespaces = objects.map(
    ({ className }) =>
      `(className = ${text(className)}, uniqueKey = ${text(`${name}-${className}`)}, enableSql = true)`,
  );
  return `, durableObjectNamespaces = [${namespaces.join(', ')}], durableObjectStorage = (localDisk = "objects")`;
}

function text(value) {
  return JSON.stringify(value);
}
