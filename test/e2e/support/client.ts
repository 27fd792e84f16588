/** One instance as its API shows it to the holder of a key. */
export interface Client {
  /** The answer's JSON; throws with its text where the status is not of success. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The best label of each text by the model. */
  classify(model: string, texts: readonly string[]): Promise<string[]>;
}

/** Texts that one call of classify takes. */
const MAX_TEXTS = 256;

export function createClient(url: string, key: string): Client {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': typeof body === 'string' ? 'application/octet-stream' : 'application/json',
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    ask,
    async classify(model, texts) {
      const labels: string[] = [];
      for (let at = 0; at < texts.length; at += MAX_TEXTS) {
        const inputs = texts.slice(at, at + MAX_TEXTS);
        const { results } = (await ask('POST', '/v1/classify', { model, inputs, topK: 1 })) as Classified;
        labels.push(...results.map((result) => result.labels[0]?.label ?? ''));
      }
      return labels;
    },
  };
}

interface Classified {
  readonly results: readonly { readonly labels: readonly { readonly label: string }[] }[];
}
