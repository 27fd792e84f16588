import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
article{border:1px solid var(--line);border-radius:.5rem;padding:0 1rem 1rem;margin:1rem 0}
h3 code{overflow-wrap:anywhere}
.method{text-transform:uppercase;font-weight:700;margin-right:.5rem}
pre{background:var(--soft);padding:.75rem;overflow-x:auto;border-radius:.25rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid var(--line)}
nav ul{columns:18rem;padding-left:1.2rem;overflow-wrap:anywhere}td{overflow-wrap:anywhere}`;

/** The OpenAPI document as one page of plain HTML: nothing is fetched and no script runs, so it works offline. */
export function renderDocs(document: OpenApiDocument): string {
  const operations = listOperations(document);
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'other'))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag);
    return `<section><h2>${escapeHtml(tag)}</h2>${own.map((entry) => renderOperation(entry, document)).join('')}</section>`;
  });
  const links = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${escapeHtml(operation.operationId)}">${method.toUpperCase()} ${escapeHtml(path)}</a></li>`,
  );
  const { title, version, description } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><header><h1>${escapeHtml(title)} ${escapeHtml(version)}</h1><p>${escapeHtml(description ?? '')}</p><p>Machine-readable: <a href="/openapi.json">openapi.json</a></p></header><nav aria-label="Operations"><ul>${links.join('')}</ul></nav><main>${sections.join('')}<section><h2>Schemas</h2>${renderSchemas(document)}</section></main></body></html>`;
}

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

function listOperations(document: OpenApiDocument): Entry[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

function renderOperation(entry: Entry, document: OpenApiDocument): string {
  const { path, method, operation } = entry;
  const parameters = operation.parameters ?? [];
  const parameterTable =
    parameters.length === 0
      ? ''
      : `<h4>Parameters</h4><table><tr><th>Name</th><th>In</th><th>Schema</th><th>Meaning</th></tr>${parameters
          .map((p) =>
            row([
              `<code>${escapeHtml(p.name)}</code>`,
              p.in,
              `<code>${formatJson(p.schema)}</code>`,
              escapeHtml(p.description ?? ''),
            ]),
          )
          .join('')}</table>`;
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, media]) => `<h4>Body</h4><p>${escapeHtml(type)}: ${describeSchema(media.schema)}</p>`,
  );
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const schemas = Object.entries(response.content ?? {}).map(
      ([type, media]) => `${escapeHtml(type)}: ${describeSchema(media.schema)}`,
    );
    return row([status, escapeHtml(response.description), schemas.join('<br>')]);
  });
  return `<article id="${escapeHtml(operation.operationId)}"><h3><span class="method">${method}</span><code>${escapeHtml(path)}</code></h3><p>${escapeHtml(operation.summary ?? '')}</p><p>${escapeHtml(operation.description ?? '')}</p>${parameterTable}${bodies.join('')}${renderExample(entry, document)}<h4>Answers</h4><table><tr><th>Status</th><th>When</th><th>Content</th></tr>${responses.join('')}</table></article>`;
}

/** A line to paste, when the body's schema has an example (or there is no body). */
function renderExample({ path, method, operation }: Entry, document: OpenApiDocument): string {
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const body = schema === undefined ? undefined : findExample(schema, document);
  if (schema !== undefined && body === undefined) return '';
  const key = operation.security ? ` -H "Authorization: Bearer $EDGEMARK_KEY"` : '';
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  const data = body === undefined ? '' : ` \\\n  -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return `<h4>Try it</h4><pre>curl -s${verb} "$EDGEMARK_URL${escapeHtml(path)}"${escapeHtml(key + data)}</pre>`;
}

function findExample(schema: unknown, document: OpenApiDocument): unknown {
  const name = refName(schema);
  const resolved = name === null ? schema : document.components?.schemas?.[name];
  return isRecord(resolved) ? resolved['example'] : undefined;
}

/** A link where the schema has a name, else the schema itself. */
function describeSchema(schema: unknown): string {
  const name = refName(schema);
  return name === null
    ? `<code>${formatJson(schema, 0)}</code>`
    : `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`;
}

/** The name that a schema refers to, directly or as the first part of an `allOf`. */
function refName(schema: unknown): string | null {
  if (!isRecord(schema)) return null;
  const ref = schema['$ref'];
  if (typeof ref === 'string') return ref.slice(ref.lastIndexOf('/') + 1);
  const parts = schema['allOf'];
  return Array.isArray(parts) ? refName(parts[0]) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function renderSchemas(document: OpenApiDocument): string {
  return Object.entries(document.components?.schemas ?? {})
    .map(
      ([name, schema]) =>
        `<details id="${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary><pre>${formatJson(schema)}</pre></details>`,
    )
    .join('');
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function formatJson(value: unknown, indent = 2): string {
  return escapeHtml(JSON.stringify(value, null, indent) ?? '');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
