/** Nothing is asked of it: wrangler serves its bucket over S3. */
export default { fetch: async () => new Response(null, { status: 404 }) };
