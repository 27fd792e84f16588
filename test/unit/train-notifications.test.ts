import { sign, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { takeNotification } from '../../functions/train/notified.ts';
import { isAddressOfSns, type SnsMessage, SnsMessageSchema, signedText } from '../../functions/train/sns-message.ts';
import { startTraining } from '../../functions/train/train.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { publicKeyOf } from '../../shared/adapters/web/certificate-key.ts';
import { createHttpNotificationSource } from '../../shared/adapters/web/http-notification-source.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRandom } from '../support/random.ts';
import { type SelfMade, selfMadeCertificate } from '../support/self-made-certificate.ts';
import { runRound, waitingRounds } from '../support/staged-endpoint.ts';
import { CALLER, jobOf, seedDataset, TOPIC, trainDeps, trainRequest } from '../support/train-world.ts';

const HOST = 'https://sns.eu-west-1.amazonaws.com';
const OWN = selfMadeCertificate();
const SUBSCRIBE = `${HOST}/?Action=ConfirmSubscription&Token=t`;

function message(changes: Partial<SnsMessage> = {}, { privateKey }: SelfMade = OWN): SnsMessage {
  const unsigned = SnsMessageSchema.parse({
    ...{ Type: 'Notification', MessageId: 'm-1', TopicArn: TOPIC, Timestamp: '2026-01-01T00:00:00.000Z' },
    ...{ SignatureVersion: '2', Signature: '', SigningCertURL: `${HOST}/key.pem`, Message: 'hello', ...changes },
  });
  const hash = unsigned.SignatureVersion === '1' ? 'sha1' : 'sha256';
  const Signature = sign(hash, Buffer.from(signedText(unsigned)), privateKey).toString('base64');
  return { ...unsigned, Signature };
}

async function start(pem = OWN.pem) {
  const fetched: string[] = [];
  let isDown = false;
  const fetcher: typeof fetch = async (address) => {
    fetched.push(String(address));
    return isDown ? new Response('', { status: 503 }) : new Response(pem);
  };
  const store = createMemoryBlobStore();
  const clock = createFakeClock();
  const random = createRandom(1);
  const ports = { store, clock, coordinator: createMemoryCoordinator(clock) };
  const deps = {
    ...trainDeps(ports, (limit) => random.below(limit)),
    notifications: createHttpNotificationSource(fetcher),
  };
  await seedDataset(store);
  const begun = await startTraining(deps, trainRequest(), CALLER);
  if (!begun.ok) throw new Error(begun.failure.detail);
  const { id } = begun.value;
  const [round = ''] = await waitingRounds(store);
  return {
    id,
    fetched,
    deps,
    take: (given: SnsMessage) => takeNotification(deps, given),
    answer: () => runRound(store, round, 100),
    told: (location = `${round}request.json`) =>
      message({
        Message: JSON.stringify({ eventName: 'InferenceResult', requestParameters: { inputLocation: location } }),
      }),
    job: () => jobOf(store, id),
    down: (value: boolean) => {
      isDown = value;
    },
  };
}

test('what is signed are names and values, a line each, in SNS’s order', () => {
  const given = { ...message(), Subject: 'round', Message: 'two\nlines' };
  expect(signedText(given)).toBe(
    `Message\ntwo\nlines\nMessageId\nm-1\nSubject\nround\nTimestamp\n2026-01-01T00:00:00.000Z\nTopicArn\n${TOPIC}\nType\nNotification\n`,
  );
  const confirmation = { ...given, Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: SUBSCRIBE } as const;
  expect(signedText(confirmation)).toBe(
    `Message\ntwo\nlines\nMessageId\nm-1\nSubscribeURL\n${SUBSCRIBE}\nTimestamp\n2026-01-01T00:00:00.000Z\nToken\nt\nTopicArn\n${TOPIC}\nType\nSubscriptionConfirmation\n`,
  );
});

test.each([1, 3] as const)('the key of a certificate of version %i is the one that Node finds', (version) => {
  const { pem } = selfMadeCertificate(version);
  const expected = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  expect(Buffer.from(publicKeyOf(pem)).equals(expected)).toBe(true);
});

test('a certificate that is cut off anywhere is an error, not a key', () => {
  const base64 = OWN.pem.split('\n').slice(1, -2).join('');
  const whole = Buffer.from(base64, 'base64');
  for (let length = 0; length < whole.length; length += 7) {
    const pem = `-----BEGIN CERTIFICATE-----\n${whole.subarray(0, length).toString('base64')}\n-----END CERTIFICATE-----`;
    expect(() => publicKeyOf(pem), `${length} bytes`).toThrow();
  }
});

test('a message that its round ended moves the job on at once; twice and late it changes nothing', async () => {
  const world = await start();
  expect(await world.take(world.told())).toMatchObject({ value: { outcome: 'advanced' } });
  expect(await world.job()).toMatchObject({ state: 'training' });
  await world.answer();
  await world.take(world.told());
  const job = await world.job();
  expect(job).toMatchObject({ state: 'trained', rounds: [{ fence: 1, ended: 'finished' }] });
  expect(await world.take(world.told())).toMatchObject({ value: { outcome: 'advanced' } });
  expect(await world.job()).toEqual(job);
  expect(world.fetched).toEqual([`${HOST}/key.pem`]);
});

test.each(['1', '2'] as const)('a signature of version %s is checked', async (SignatureVersion) => {
  const world = await start();
  expect(await world.take(message({ SignatureVersion }))).toMatchObject({ value: { outcome: 'ignored' } });
  const altered = { ...message({ SignatureVersion }), Message: 'hullo' };
  expect(await world.take(altered)).toMatchObject({ failure: { kind: 'forbidden' } });
  const other = SignatureVersion === '1' ? '2' : '1';
  const renamed = { ...message({ SignatureVersion }), SignatureVersion: other } as const;
  expect(await world.take(renamed)).toMatchObject({ failure: { kind: 'forbidden' } });
});

describe('refused, and nothing is fetched or done:', () => {
  test.each([
    ['a topic that is not configured', { TopicArn: `${TOPIC}-other` }],
    ['a certificate over HTTP', { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/key.pem' }],
    ['a certificate of another host', { SigningCertURL: 'https://example.com/key.pem' }],
    ['a host that only begins so', { SigningCertURL: `${HOST}.example.com/key.pem` }],
    ['a host behind a user', { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com@example.com/key.pem' }],
    ['a host below', { SigningCertURL: 'https://evil.sns.eu-west-1.amazonaws.com/key.pem' }],
    ['a bucket', { SigningCertURL: 'https://sns.s3.amazonaws.com/key.pem' }],
    ['another region than the topic’s', { SigningCertURL: 'https://sns.us-east-1.amazonaws.com/key.pem' }],
    ['another port', { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com:8443/key.pem' }],
    ['no address', { SigningCertURL: 'key.pem' }],
  ])('%s', async (_, changes) => {
    const world = await start();
    expect(await world.take(message(changes))).toMatchObject({ failure: { kind: 'forbidden' } });
    expect(world.fetched).toEqual([]);
  });
});

test('a message that another key signed is refused', async () => {
  const world = await start();
  const forged = message({}, selfMadeCertificate());
  expect(await world.take(forged)).toMatchObject({ failure: { kind: 'forbidden' } });
  expect(await world.take({ ...forged, Signature: 'no base64!' })).toMatchObject({ failure: { kind: 'forbidden' } });
});

test('a subscription is confirmed where SNS is, and nowhere else', async () => {
  const world = await start();
  const confirmation = { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: SUBSCRIBE } as const;
  expect(await world.take(message(confirmation))).toMatchObject({ value: { outcome: 'confirmed' } });
  expect(world.fetched).toEqual([`${HOST}/key.pem`, SUBSCRIBE]);
  const elsewhere = message({ ...confirmation, SubscribeURL: 'https://example.com/?Action=ConfirmSubscription' });
  expect(await world.take(elsewhere)).toMatchObject({ failure: { kind: 'forbidden' } });
  expect(await world.take({ ...message(confirmation), Signature: 'AAAA' })).toMatchObject({ ok: false });
  expect(world.fetched).toHaveLength(2);
});

test('a message about no round that is known is taken, so that it does not come again', async () => {
  const world = await start();
  const before = await world.job();
  const rounds = ['s3://elsewhere/x', `staging/acme/${'f'.repeat(32)}/0001/request.json`, 'staging/../x/request.json'];
  for (const location of rounds)
    expect(await world.take(world.told(location))).toMatchObject({ value: { outcome: 'ignored' } });
  expect(await world.take(message({ Message: '{"eventName":"Other"}' }))).toMatchObject({
    value: { outcome: 'ignored' },
  });
  expect(await world.take(message({ Type: 'UnsubscribeConfirmation' }))).toMatchObject({
    value: { outcome: 'ignored' },
  });
  expect(await world.job()).toEqual(before);
});

test('where the certificate can’t be had it is asked for again with the next message', async () => {
  const world = await start();
  world.down(true);
  expect(await world.take(world.told())).toMatchObject({ failure: { kind: 'unavailable' } });
  world.down(false);
  expect(await world.take(world.told())).toMatchObject({ value: { outcome: 'advanced' } });
  expect(world.fetched).toHaveLength(2);
  const none = await start('<html>no certificate</html>');
  expect(await none.take(none.told())).toMatchObject({ failure: { kind: 'unavailable' } });
});

test('without an endpoint nothing is taken', async () => {
  const { deps } = await start();
  expect(await takeNotification({ ...deps, endpoint: null }, message())).toMatchObject({
    failure: { kind: 'not-configured' },
  });
});

test('an address of SNS is one of the topic’s region', () => {
  expect(isAddressOfSns(`${HOST}/a.pem`, message())).toBe(true);
  expect(isAddressOfSns(undefined, message())).toBe(false);
});
