/** One small call, repeated until it is answered: the server is then ready, its model loaded. Peers ignore the model's name. */
export const CLASSIFY_PROBE = {
  path: '/v1/classify',
  contentType: 'application/json',
  body: JSON.stringify({ inputs: 'hello', model: 'intent' }),
};
