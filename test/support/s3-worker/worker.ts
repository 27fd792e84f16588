/** Answers so that the test can tell when the server is up. */
export default {
  fetch: () => new Response('ready'),
};
