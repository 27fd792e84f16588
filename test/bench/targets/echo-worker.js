/** The floor: reads the JSON body and answers a small JSON object. What this costs, the runtime's HTTP costs. */
export default {
  async fetch(request) {
    if (request.method === 'GET') return new Response('{}', { headers: { 'content-type': 'application/json' } });
    const body = await request.json();
    return new Response(JSON.stringify({ characters: String(body.inputs).length }), {
      headers: { 'content-type': 'application/json' },
    });
  },
};
