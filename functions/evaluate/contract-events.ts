import { z } from '@hono/zod-openapi';
import { EventTypeSchema } from '../../shared/customer/event.ts';
import { ModelNameSchema } from '../../shared/model/manifest.ts';

/** Days of arrival after the window that are read by default. */
export const DEFAULT_LATE_DAYS = 7;
const MAX_TYPES = 10;

const MomentSchema = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .openapi({ description: 'A moment, or a day: its beginning in UTC.', example: '2026-05-01' });

const WindowSchema = z
  .strictObject({ from: MomentSchema, to: MomentSchema })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'must begin before it ends')
  .openapi({ description: 'When events happened: from `from` up to, and without, `to`.' });

const ArmNameSchema = z.string().min(1).max(200);
const ArmsSchema = z
  .discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('recommendationId'),
      versions: z.boolean().default(true).openapi({
        description: 'Whether recommendations outside an experiment are told apart by version, or by model only.',
      }),
    }),
    z.strictObject({
      by: z.literal('experiment'),
      name: ModelNameSchema.describe('The A/B definition by which customers were divided.'),
      control: ArmNameSchema.optional().describe('The arm that the others are compared with: the holdout.'),
    }),
    z.strictObject({
      by: z.literal('property'),
      name: z.string().min(1).max(64).openapi({ description: 'Of the events: `campaign` reads properties.campaign.' }),
    }),
  ])
  .openapi('EventArms', {
    description:
      'recommendationId: by what recommended to the customer, as the events say. experiment: every customer with any event in the window, by the A/B definition, whatever they were shown; so an arm without recommendations is a holdout. property: by a property of the events.',
  });

const TypesSchema = z.array(EventTypeSchema).min(1).max(MAX_TYPES);

/** Which of the collected events become rows, and how. */
export const EventsSourceSchema = z
  .strictObject({
    window: WindowSchema,
    arms: ArmsSchema.optional().openapi({ description: 'Of tasks campaign and ab-test.' }),
    conversion: TypesSchema.default(['purchase']).openapi({ description: 'Types of events that are a sale.' }),
    exposure: TypesSchema.optional().openapi({
      description:
        'Of arms by recommendationId or property: types of events that say what the customer was shown. Default impression, click, view.',
    }),
    outcome: z.enum(['converted', 'revenue']).optional().openapi({
      description: 'Of task ab-test: what is compared. Default converted.',
    }),
    covariateDays: z.int().min(1).max(365).optional().openapi({
      description:
        'Of task ab-test: the same figure in so many days before the window makes the intervals narrower (CUPED). The window must begin with the experiment.',
    }),
    valueProperty: z.string().min(1).max(64).optional().openapi({
      description: 'The property that holds what a sale brought. Default: the event’s `value`.',
    }),
    lateDays: z.int().min(0).max(3_650).default(DEFAULT_LATE_DAYS).openapi({
      description: 'Events that arrived so many days after the window still count; more where old ones were imported.',
    }),
  })
  .openapi('EventsSource', {
    description: 'Events that were collected. Customers are known by pseudonyms only, and none is named in an answer.',
    example: {
      window: { from: '2026-05-01', to: '2026-06-01' },
      arms: { by: 'experiment', name: 'home', control: 'holdout' },
      conversion: ['purchase'],
      lateDays: 7,
    },
  });

export type EventsSource = z.infer<typeof EventsSourceSchema>;
export type EventArms = z.infer<typeof ArmsSchema>;
