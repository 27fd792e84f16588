import { z } from 'zod';
import { DatasetNameSchema } from '../../shared/dataset/dataset-manifest.ts';

/** A message of the queue: a version of a dataset is to be made, or made further. */
const BuildMessageSchema = z.object({
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  name: DatasetNameSchema,
  build: z.string().regex(/^[0-9a-f]{32}$/),
});

/** A file is to be fetched, or fetched further. */
const DownloadMessageSchema = z.object({ tenant: BuildMessageSchema.shape.tenant, upload: z.uuid() });

export const PrepareMessageSchema = z.union([BuildMessageSchema, DownloadMessageSchema]);

export type BuildMessage = z.infer<typeof BuildMessageSchema>;
export type PrepareMessage = z.infer<typeof PrepareMessageSchema>;
