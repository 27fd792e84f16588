/** Hands a batch that the queue's process sends to the Worker's `queue()` handler, and says what it decided. */
export default {
  async fetch(request, env) {
    const { queue, messages } = await request.json();
    const batch = messages.map((message) => ({ ...message, timestamp: new Date(message.timestamp) }));
    return Response.json(await env.CONSUMER.queue(queue, batch));
  },
};
