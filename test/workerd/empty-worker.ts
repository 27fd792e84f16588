/** The pool wants a main Worker; tests import the real ones themselves. */
export default {
  fetch: () => new Response(null, { status: 404 }),
};
