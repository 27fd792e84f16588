import type { Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { NotificationError } from '../../shared/ports/notification-source.ts';
import { advance } from './advance.ts';
import { type Endpoint, NOT_CONFIGURED, type TrainDeps } from './deps.ts';
import type { Notified } from './notified-answer.ts';
import { HASH_BY_VERSION, InferenceResultSchema, isAddressOfSns, type SnsMessage, signedText } from './sns-message.ts';

/** `{tenant}/{job}/{fence}`, as rounds are named. */
const ROUND_NAME = /^([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{32})\/\d{4,}$/;

/**
 * Looks at a job at once when SageMaker tells by SNS that its round ended. What the message says of the round is not believed: the job is moved
 * on by what lies in the staging bucket, so a message that comes twice, late or in the wrong order does no harm, and one that never comes is
 * made up for by the next tick.
 */
export async function takeNotification(deps: TrainDeps, message: SnsMessage): Promise<Outcome<Notified>> {
  if (!deps.endpoint) return fail(NOT_CONFIGURED);
  if (!deps.endpoint.topics.includes(message.TopicArn)) return refuse('Messages of this topic are not taken.');
  if (!isAddressOfSns(message.SigningCertURL, message)) return refuse('The certificate is not at an address of SNS.');
  try {
    const isSigned = await deps.notifications.isSigned({
      certificateAddress: message.SigningCertURL,
      text: signedText(message),
      signature: message.Signature,
      hash: HASH_BY_VERSION[message.SignatureVersion],
    });
    if (!isSigned) return refuse('The signature is not that of the message.');
    return await take(deps, deps.endpoint, message);
  } catch (error) {
    if (!(error instanceof NotificationError)) throw error;
    deps.log({ event: 'incident', what: 'SNS does not answer', error: describeError(error) });
    return fail({ kind: 'unavailable', detail: 'SNS does not answer at the moment.', retryAfterSeconds: 5 });
  }
}

async function take(deps: TrainDeps, endpoint: Endpoint, message: SnsMessage): Promise<Outcome<Notified>> {
  switch (message.Type) {
    case 'SubscriptionConfirmation':
      if (!isAddressOfSns(message.SubscribeURL, message))
        return refuse('The subscription is not confirmed at an address of SNS.');
      await deps.notifications.confirm(message.SubscribeURL);
      return ok({ outcome: 'confirmed' });
    case 'UnsubscribeConfirmation':
      deps.log({ event: 'incident', what: `${message.TopicArn} does not notify any more` });
      return ok({ outcome: 'ignored' });
    case 'Notification': {
      const round = roundOf(endpoint, message.Message);
      const job = round && (await advance(deps, round.tenant, round.id));
      return ok({ outcome: job ? 'advanced' : 'ignored' });
    }
    default:
      return message.Type satisfies never;
  }
}

function roundOf({ runner }: Endpoint, text: string): { readonly tenant: string; readonly id: string } | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const result = InferenceResultSchema.safeParse(json);
  const name = result.success ? runner.nameOf(result.data.requestParameters.inputLocation) : null;
  const [, tenant, id] = ROUND_NAME.exec(name ?? '') ?? [];
  return tenant === undefined || id === undefined ? null : { tenant, id };
}

function refuse(detail: string): Outcome<never> {
  return fail({ kind: 'forbidden', detail });
}
