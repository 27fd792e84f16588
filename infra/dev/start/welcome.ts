/** What a newcomer needs once everything runs: address, key, a call that works when pasted, where to read on. */
export function welcomeText(url: string, key: string, logPath: string, startedInMilliseconds: number): string {
  return [
    '',
    `Edgemark is ready (${(startedInMilliseconds / 1000).toFixed(1)} s).`,
    '',
    `  Address  ${url}`,
    `  Key      ${key}`,
    `  Docs     ${url}/docs`,
    `  Log      ${logPath}`,
    '',
    'Try it:',
    '',
    `  ${curlLine(url, key)}`,
    '',
    'Ctrl-C ends it.',
  ].join('\n');
}

/** One line for a POSIX shell: an English and a Chinese sentence to the sentiment pack. */
export function curlLine(url: string, key: string): string {
  const body = JSON.stringify({
    model: 'sentiment',
    inputs: ['I love this hotel, the staff were wonderful!', '房间又脏又吵，再也不会来了。'],
    topK: 1,
  });
  return `curl -s ${url}/v1/classify -H ${quote(`Authorization: Bearer ${key}`)} -H 'Content-Type: application/json' -d ${quote(body)}`;
}

/** POSIX shell, 2.2.2 Single-Quotes: everything is literal but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
