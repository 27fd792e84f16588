import { parseSync } from 'vite';

/** Stands for what `import(expression)` names when the expression is not a plain text. */
export const COMPUTED = '(computed)';

/** Every module that a TypeScript source names: imports, re-exports, `import()` and types by `import('…').T`. */
export function importsOf(path: string, source: string): string[] {
  const parsed = parseSync(path, source);
  if (parsed.errors.length > 0) throw new SyntaxError(`${path}: ${parsed.errors[0]?.message}`);
  const imported = parsed.module.staticImports.map((statement) => statement.moduleRequest.value);
  const exported = parsed.module.staticExports
    .flatMap((statement) => statement.entries)
    .flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : []));
  return [...new Set([...imported, ...exported, ...importExpressions(parsed.program)])];
}

function importExpressions(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(importExpressions);
  if (!isRecord(node)) return [];
  const inside = Object.values(node).flatMap(importExpressions);
  const isImport = node['type'] === 'ImportExpression' || node['type'] === 'TSImportType';
  return isImport ? [literalText(node['source']), ...inside] : inside;
}

function literalText(node: unknown): string {
  return isRecord(node) && typeof node['value'] === 'string' ? node['value'] : COMPUTED;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
