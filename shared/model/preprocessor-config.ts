import { z } from 'zod';

const SideSchema = z.int().min(1).max(1024);
const SizeSchema = z.object({ height: SideSchema, width: SideSchema });
const TripleSchema = z.tuple([z.number(), z.number(), z.number()]);

export type Size = z.infer<typeof SizeSchema>;

/**
 * The fields of Hugging Face's `preprocessor_config.json` that image classifiers are fed by; others are ignored, as there.
 * With a size of width and height pictures are squashed, whatever their aspect ratio; with `shortest_edge` they keep it and
 * their middle is cut out.
 * https://huggingface.co/docs/transformers/main_classes/image_processor
 */
export const PreprocessorConfigSchema = z.object({
  do_resize: z.literal(true).default(true),
  size: z.union([SizeSchema, z.object({ shortest_edge: SideSchema })]),
  /** Pillow's number of the filter: 1 Lanczos, 2 bilinear, 3 bicubic. */
  resample: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(2),
  do_center_crop: z.boolean().default(false),
  crop_size: SizeSchema.optional(),
  /** Of ConvNeXT, whose size means something else with it. */
  crop_pct: z.null().optional(),
  do_rescale: z.boolean().default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: TripleSchema.default([0, 0, 0]),
  image_std: TripleSchema.refine((std) => std.every((value) => value > 0), 'must be over 0').default([1, 1, 1]),
});

export type PreprocessorConfig = z.infer<typeof PreprocessorConfigSchema>;
