import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { type ClaimResult, type Coordinator, CoordinatorError, type Count } from '../../ports/coordinator.ts';

/** Attribute for DynamoDB's own time to live, in epoch seconds: so long after its time a name is forgotten at the earliest. */
const FORGET_AFTER_SECONDS = 60 * 60;
/** Rounds of "is it running, else begin anew" before giving up; each further one follows another writer's success. */
const MAX_ROUNDS = 5;

export interface DynamoOptions {
  readonly table: string;
  readonly region: string;
  /** Base address of another server than AWS's. */
  readonly endpoint?: string;
  readonly clock: Clock;
}

type Item = Record<string, AttributeValue>;
type Change = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/**
 * Leases and counters in one DynamoDB table with the partition key `name` (text): each change is one conditional write, so of two
 * writers one wins. Times are the callers' clocks: leases must be longer than those differ.
 */
export function createDynamoCoordinator(options: DynamoOptions): Coordinator {
  const { table, region, endpoint, clock } = options;
  const client = new DynamoDBClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
  const rows: Rows = {
    async read(key) {
      const answer = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(key), ConsistentRead: true }));
      return answer.Item;
    },
    async change(key, change) {
      try {
        const command = { TableName: table, Key: keyOf(key), ReturnValues: 'ALL_NEW' as const, ...change };
        return (await client.send(new UpdateItemCommand(command))).Attributes ?? {};
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
  const guarded = async <T>(operation: string, name: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new CoordinatorError(operation, name, { cause });
    }
  };
  return {
    claim: (name, owner, ttlSeconds) => guarded('claim', name, () => claim(rows, clock, name, owner, ttlSeconds)),
    increment: (name, by, windowSeconds) =>
      guarded('increment', name, () => increment(rows, clock, name, by, windowSeconds)),
    release: (name, owner) =>
      guarded('release', name, async () => {
        await rows.change(`lease/${name}`, {
          UpdateExpression: 'SET untilMs = :zero',
          ConditionExpression: 'heldBy = :owner',
          ExpressionAttributeValues: { ':owner': { S: owner }, ':zero': { N: '0' } },
        });
      }),
  };
}

interface Rows {
  read(key: string): Promise<Item | undefined>;
  /** The row after the change, or undefined where the condition did not hold. */
  change(key: string, change: Change): Promise<Item | undefined>;
}

async function claim(rows: Rows, clock: Clock, name: string, owner: string, ttlSeconds: number): Promise<ClaimResult> {
  const key = `lease/${name}`;
  const now = clock.now();
  const untilMs = now + ttlSeconds * 1000;
  const values = {
    ':owner': { S: owner },
    ':now': number(now),
    ':until': number(untilMs),
    ':forget': forgetAt(untilMs),
  };
  const renewed = await rows.change(key, {
    UpdateExpression: 'SET untilMs = :until, forgetAt = :forget',
    ConditionExpression: 'heldBy = :owner AND untilMs > :now',
    ExpressionAttributeValues: values,
  });
  if (renewed) return { kind: 'claimed', fence: numberOf(renewed, 'fence') };
  const taken = await rows.change(key, {
    // Begins at the time, so that it still grows after the row was forgotten.
    UpdateExpression:
      'SET heldBy = :owner, untilMs = :until, forgetAt = :forget, fence = if_not_exists(fence, :now) + :one',
    ConditionExpression: 'attribute_not_exists(untilMs) OR untilMs <= :now',
    ExpressionAttributeValues: { ...values, ':one': number(1) },
  });
  if (taken) return { kind: 'claimed', fence: numberOf(taken, 'fence') };
  const held = await rows.read(key);
  const leftMs = (held ? numberOf(held, 'untilMs') : now) - now;
  return { kind: 'taken', retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)) };
}

async function increment(rows: Rows, clock: Clock, name: string, by: number, windowSeconds: number): Promise<Count> {
  const key = `counter/${name}`;
  if (by === 0) return readCount(await rows.read(key), clock.now(), windowSeconds);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = clock.now();
    const added = await rows.change(key, {
      UpdateExpression: 'ADD #value :by',
      ConditionExpression: 'untilMs > :now',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: { ':by': number(by), ':now': number(now) },
    });
    if (added) return readCount(added, now, windowSeconds);
    const untilMs = now + windowSeconds * 1000;
    const begun = await rows.change(key, {
      UpdateExpression: 'SET #value = :by, untilMs = :until, forgetAt = :forget',
      ConditionExpression: 'attribute_not_exists(untilMs) OR untilMs <= :now',
      ExpressionAttributeNames: { '#value': 'value' },
      ExpressionAttributeValues: {
        ':by': number(by),
        ':now': number(now),
        ':until': number(untilMs),
        ':forget': forgetAt(untilMs),
      },
    });
    if (begun) return readCount(begun, now, windowSeconds);
  }
  throw new Error('others wrote at every try');
}

function readCount(row: Item | undefined, now: number, windowSeconds: number): Count {
  const untilMs = row ? numberOf(row, 'untilMs') : 0;
  if (!row || untilMs <= now) return { value: 0, resetsInSeconds: windowSeconds };
  return { value: numberOf(row, 'value'), resetsInSeconds: Math.ceil((untilMs - now) / 1000) };
}

function keyOf(name: string): Item {
  return { name: { S: name } };
}

function number(value: number): { N: string } {
  return { N: String(value) };
}

function forgetAt(untilMs: number): { N: string } {
  return number(Math.ceil(untilMs / 1000) + FORGET_AFTER_SECONDS);
}

function numberOf(row: Item, attribute: string): number {
  return Number(row[attribute]?.N ?? 0);
}
