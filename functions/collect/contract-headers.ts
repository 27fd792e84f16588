import { z } from '@hono/zod-openapi';

/** Of everything that writes but files. */
export const IdempotencyHeadersSchema = z.object({
  'idempotency-key': z.string().optional().openapi({
    description: 'A key that comes again within a day gets the first answer again; nothing is done twice.',
  }),
});
