import { once } from 'node:events';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

const TABLE = 'edgemark-coordinator';

/** A DynamoDB server in memory with the coordinator's table. */
export interface LocalDynamo {
  readonly endpoint: string;
  readonly table: string;
  stop(): Promise<void>;
}

/** Starts dynalite, which speaks DynamoDB's wire format, on a free port. The SDK's credentials must be in the environment. */
export async function startLocalDynamo(): Promise<LocalDynamo> {
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
    }),
  );
  client.destroy();
  const stop = async () => {
    server.close();
    server.closeAllConnections?.();
  };
  return { endpoint, table: TABLE, stop };
}
