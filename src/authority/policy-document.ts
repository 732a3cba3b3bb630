/**
 * Reads IAM policy documents that people keep: one document, or a list of all that a principal has.
 *
 * Policies of identities only: one with a Principal belongs to a thing and says nothing about a caller. Errors name
 * the key and what is accepted.
 * Source: AWS IAM User Guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language".
 */

import * as z from 'zod';
import { readYaml } from '../core/yaml.ts';

/** Patterns, or everything but them. */
export interface Patterns {
  readonly except: boolean;
  readonly patterns: readonly string[];
}

/** One statement; its conditions are not evaluated, only known to be there. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Patterns;
  readonly resources: Patterns;
  readonly conditional: boolean;
}

/** One policy document. */
export type PolicyDocument = readonly PolicyStatement[];

const patterns = (what: string, form: RegExp, accepted: string) => {
  const one = z.string().regex(form, { error: `${what} must be ${accepted}` });
  return z
    .union([one, z.array(one).min(1, { error: `must be ${accepted}, or a list of them` })], {
      error: `must be ${accepted}, or a list of them`,
    })
    .transform((value) => [value].flat());
};
const actions = patterns(
  'an action',
  /^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/,
  'service:Action, with * and ? allowed, or *',
);
const resources = patterns('a resource', /^(?:\*|arn:.+)$/s, 'an ARN, with * and ? allowed, or *');

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny'], { error: 'must be Allow or Deny' }),
    Action: actions.optional(),
    NotAction: actions.optional(),
    Resource: resources.optional(),
    NotResource: resources.optional(),
    Condition: z
      .record(z.string(), z.record(z.string(), z.unknown()), { error: 'must be operators with keys and values' })
      .optional(),
    Principal: z
      .never({ error: 'must not be here: a policy with a Principal belongs to a thing, not to a caller' })
      .optional(),
    NotPrincipal: z
      .never({ error: 'must not be here: a policy with a Principal belongs to a thing, not to a caller' })
      .optional(),
  })
  .superRefine(({ Action, NotAction, Resource, NotResource }, context) => {
    const one = (name: string, a: unknown, b: unknown) => {
      if ((a === undefined) === (b === undefined)) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `exactly one of ${name} and Not${name} must be there`,
        });
      }
    };
    one('Action', Action, NotAction);
    one('Resource', Resource, NotResource);
  })
  .transform(
    ({ Effect, Action, NotAction, Resource, NotResource, Condition }): PolicyStatement => ({
      effect: Effect,
      actions: { except: Action === undefined, patterns: Action ?? NotAction ?? [] },
      resources: { except: Resource === undefined, patterns: Resource ?? NotResource ?? [] },
      conditional: Condition !== undefined && Object.values(Condition).some((keys) => Object.keys(keys).length > 0),
    }),
  );

const documentSchema = z
  .strictObject({
    Version: z.enum(['2012-10-17', '2008-10-17'], { error: 'must be 2012-10-17 or 2008-10-17' }).optional(),
    Id: z.string().optional(),
    Statement: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(statementSchema).min(1)),
  })
  .transform(({ Statement }): PolicyDocument => Statement);

const fileSchema = z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(documentSchema).min(1));

/**
 * The policies of a file.
 *
 * @param origin The file's name, for messages.
 * @throws MusterError `MUSTER_POLICY_INVALID` naming the document, the key and what is accepted.
 */
export function readPolicyDocuments(text: string, origin: string): readonly PolicyDocument[] {
  return readYaml(fileSchema, text, origin, 'MUSTER_POLICY_INVALID');
}
