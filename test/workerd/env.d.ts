declare namespace Cloudflare {
  /** Bindings of wrangler.jsonc beside this file. */
  interface Env {
    readonly BUCKET: R2Bucket;
  }
}
