import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { EndpointStack } from '../endpoint-stack.ts';
import { ImagesStack } from '../images-stack.ts';
import { readSettings } from '../settings.ts';

/** An account of AWS's own examples. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

const RefSchema = z.strictObject({ Ref: z.string() });
const AttributeSchema = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const JoinSchema = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });

const ResourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
type Resource = z.infer<typeof ResourceSchema>;

/** A stack's template, with what refers to other resources written as `<Name.Attribute>`, by the names that the code gives them. */
export interface Synthesised {
  /** All resources by those names. */
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What one resource is like; fails where there is none. */
  properties(name: string): Record<string, unknown>;
  ofType(type: string): Resource[];
}

/** The endpoint's stack with these settings, read as the app reads them. */
export function synthesiseEndpoint(settings: Readonly<Record<string, unknown>> = {}): Synthesised {
  const app = new App({ context: { ...settings } });
  const env = { account: ACCOUNT, region: REGION };
  return read(
    new EndpointStack(
      app,
      'EdgemarkTraining',
      readSettings((name) => app.node.tryGetContext(name)),
      env,
    ),
  );
}

export function synthesiseImages(): Synthesised {
  return read(new ImagesStack(new App(), 'EdgemarkTrainerImages'));
}

function read(stack: Stack): Synthesised {
  const template = Template.fromStack(stack).toJSON();
  const named = Object.entries(template['Resources'] ?? {}).map(
    ([id, resource]) => [nameOf(id), ResourceSchema.parse(resolve(resource))] as const,
  );
  const resources = Object.fromEntries(named);
  const outputs = z.record(z.string(), z.object({ Value: z.string() })).parse(resolve(template['Outputs'] ?? {}));
  return {
    resources,
    outputs: Object.fromEntries(Object.entries(outputs).map(([id, { Value }]) => [id, Value])),
    parameters: template['Parameters'] ?? {},
    properties(name) {
      const found = resources[name];
      if (found === undefined) throw new Error(`no ${name} among ${Object.keys(resources).join(', ')}`);
      return found.Properties;
    },
    ofType: (type) => Object.values(resources).filter((resource) => resource.Type === type),
  };
}

/** A logical id without the hash that the CDK puts behind it. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function resolve(value: unknown): unknown {
  const reference = RefSchema.safeParse(value);
  if (reference.success) return PSEUDO_PARAMETERS[reference.data.Ref] ?? `<${nameOf(reference.data.Ref)}>`;
  const attribute = AttributeSchema.safeParse(value);
  if (attribute.success) return `<${attribute.data['Fn::GetAtt'].map(nameOf).join('.')}>`;
  const joined = JoinSchema.safeParse(value);
  if (joined.success) {
    const [separator, parts] = joined.data['Fn::Join'];
    return parts.map(resolve).join(separator);
  }
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]));
}
