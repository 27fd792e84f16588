/** dynalite has no types of its own: what is used of it. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export default function dynalite(options: { readonly createTableMs: number }): Server;
}
