/** JSON with comments and trailing commas, as wrangler.jsonc is written. Throws `SyntaxError` as `JSON.parse` does. */
export function parseJsonc(text: string): unknown {
  // A string, a comment, or a comma before a closing bracket: whichever starts first wins, so that strings stay untouched.
  const tokens = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  const withoutComments = text.replace(tokens, (token) => (token.startsWith('"') ? token : ' '));
  return JSON.parse(
    withoutComments.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g, (token) => (token === ',' ? '' : token)),
  );
}
