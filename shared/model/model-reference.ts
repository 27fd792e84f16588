import { invalidField, type Outcome } from '../core/failure.ts';
import { ok } from '../core/result.ts';
import { PRODUCTION_ALIAS } from './alias.ts';
import { ModelAliasSchema, ModelNameSchema, ModelVersionSchema } from './manifest.ts';

/** What a caller wrote as `model`: `name` (its production alias), `name@alias` or `name@version`. */
export type ModelReference =
  | { readonly name: string; readonly version: string }
  | { readonly name: string; readonly alias: string };

export function parseModelReference(text: string): Outcome<ModelReference> {
  const at = text.indexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const selector = at < 0 ? PRODUCTION_ALIAS : text.slice(at + 1);
  if (!ModelNameSchema.safeParse(name).success) {
    return invalidField('model', 'must be a name like "sentiment", "sentiment@1.0.0" or "sentiment@production"');
  }
  if (ModelVersionSchema.safeParse(selector).success) return ok({ name, version: selector });
  if (ModelAliasSchema.safeParse(selector).success) return ok({ name, alias: selector });
  return invalidField(
    'model',
    'what follows @ must be a version (starts with a digit) or an alias (starts with a letter)',
  );
}
