import { InferenceClient } from '@huggingface/inference';
import { expect, inject, test } from 'vitest';

function client(): InferenceClient {
  return new InferenceClient(inject('key'), { endpointUrl: `${inject('url')}/hf/text-classification/sentiment` });
}

test('the real Hugging Face client gets its labels by a changed URL', async () => {
  const labels = await client().textClassification({ inputs: 'I love this hotel, the staff were wonderful!' });
  expect(labels[0]?.label).toBe('positive');
  expect(labels.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
});

test('top_k is honoured', async () => {
  const labels = await client().textClassification({
    inputs: '房间又脏又吵，再也不会来了。',
    parameters: { top_k: 1 },
  });
  expect(labels).toHaveLength(1);
  expect(labels[0]?.label).toBe('negative');
});

test('a wrong key reaches the caller as an error with words', async () => {
  const stranger = new InferenceClient('em_nobody_knows_me', {
    endpointUrl: `${inject('url')}/hf/text-classification/sentiment`,
  });
  await expect(stranger.textClassification({ inputs: 'hello' })).rejects.toThrow();
});
