import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Coordinator } from '../../ports/coordinator.ts';
import { createDynamoCoordinator } from './dynamo-coordinator.ts';

/** What functions have that take leases, besides. */
const CoordinatorEnvSchema = z.object({
  /** Table of leases and counters, partition key `name` (text), and another DynamoDB server than AWS's. */
  EDGEMARK_COORDINATOR_TABLE: z.string().min(1),
  EDGEMARK_DYNAMODB_ENDPOINT: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
});

/** The coordinator that the environment names. */
export function openCoordinator(env: unknown, clock: Clock): Coordinator {
  const { EDGEMARK_COORDINATOR_TABLE, EDGEMARK_DYNAMODB_ENDPOINT, AWS_REGION } = parseCoordinatorEnv(env);
  return createDynamoCoordinator({
    table: EDGEMARK_COORDINATOR_TABLE,
    region: AWS_REGION,
    ...(EDGEMARK_DYNAMODB_ENDPOINT === undefined ? {} : { endpoint: EDGEMARK_DYNAMODB_ENDPOINT }),
    clock,
  });
}

function parseCoordinatorEnv(env: unknown): z.infer<typeof CoordinatorEnvSchema> {
  const parsed = CoordinatorEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
