import { z } from '@hono/zod-openapi';

const text = z.string().max(4_096);

/**
 * A message as Amazon SNS posts it, as far as it is read:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const SnsMessageSchema = z
  .object({
    Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
    MessageId: text,
    TopicArn: text.regex(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'is not a topic'),
    Timestamp: text,
    SignatureVersion: z.enum(['1', '2']),
    Signature: text,
    SigningCertURL: text,
    Message: z.string(),
    Subject: text.nullish(),
    Token: text.optional(),
    SubscribeURL: text.optional(),
  })
  .openapi('SnsMessage');

export type SnsMessage = z.infer<typeof SnsMessageSchema>;

const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/**
 * What SNS signed: names and values, a line each; what a message has not is left out.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export function signedText(message: SnsMessage): string {
  return SIGNED[message.Type]
    .flatMap((name) => {
      const value = message[name];
      return value === undefined || value === null ? [] : [`${name}\n${value}\n`];
    })
    .join('');
}

/** By version: 1 is SNS's default, 2 a topic's attribute `SignatureVersion`. */
export const HASH_BY_VERSION = { '1': 'SHA-1', '2': 'SHA-256' } as const;

/** Whether the address is one of SNS itself, in the topic's region: whoever is asked there is who sends the topic's messages. */
export function isAddressOfSns(address: string | undefined, { TopicArn }: SnsMessage): address is string {
  const url = address === undefined ? null : URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '')
    return false;
  return url.hostname === `sns.${TopicArn.split(':')[3]}.amazonaws.com`;
}

/**
 * What SageMaker tells of a round that ended, well or not, as far as it is read:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html
 */
export const InferenceResultSchema = z.object({
  eventName: z.literal('InferenceResult'),
  requestParameters: z.object({ inputLocation: z.string() }),
});
