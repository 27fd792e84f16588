import { z } from '@hono/zod-openapi';

export const NotifiedSchema = z
  .object({
    outcome: z.enum(['confirmed', 'advanced', 'ignored']).openapi({
      description: 'ignored: it is about no round of a job that is known; nothing was done.',
    }),
  })
  .openapi('Notified');
export type Notified = z.infer<typeof NotifiedSchema>;
