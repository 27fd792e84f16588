declare namespace Cloudflare {
  /** Bindings of wrangler.jsonc beside this file. */
  interface Env {
    readonly BUCKET: R2Bucket;
    readonly COLLECT_QUEUE: Queue<string>;
    readonly EVALUATE_QUEUE: Queue<string>;
    readonly PREPARE_QUEUE: Queue<string>;
    readonly CONTRACT_QUEUE: Queue<string>;
    readonly COORDINATOR: DurableObjectNamespace<
      import('../../shared/adapters/cloudflare/durable-coordinator.ts').CoordinatorObject
    >;
  }
}
