/**
 * Environments: what an account is for, as the owner of the policy says, and what is required in all of it.
 *
 * An environment is told by its accounts alone, never by a name of anything in them. Each account lies in one at most.
 */

import * as z from 'zod';
import type { Environment } from './model.ts';
import { account, mapping } from './parts.ts';
import { holdTogether, type PartialRequirement, requirementShape } from './values.ts';

/** An environment and what it requires. */
export interface PolicyEnvironment extends Environment {
  readonly accounts: readonly string[];
  readonly values: PartialRequirement;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const NAME_ACCEPTED = 'a name of letters, digits, - and _ that begins with a letter, at most 40 characters';
const ACCOUNTS = 'a list of at least one account id, each in quotes as in "111122223333"';
const ENVIRONMENTS = 'a mapping of names to environments, each with its accounts';

const environment = mapping({
  accounts: z.array(account, ACCOUNTS).min(1, ACCOUNTS),
  /** True where nothing of worth is kept. */
  sandbox: z.boolean('true or false').optional(),
  ...requirementShape,
}).superRefine(holdTogether);

/** The environments of the file, in its order. */
export const environments = z
  .unknown()
  // Before the record, which passes over a key that JavaScript gives a meaning to.
  .superRefine((written, context) => {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) return;
    const wrong = Object.keys(written).find((name) => !NAME.test(name));
    if (wrong !== undefined) context.addIssue({ code: 'unrecognized_keys', keys: [wrong], message: NAME_ACCEPTED });
  })
  .pipe(z.record(z.string(), environment, ENVIRONMENTS))
  .transform((written) =>
    Object.entries(written).map(
      ([name, { accounts, sandbox, ...values }]): PolicyEnvironment => ({
        name,
        accounts,
        sandbox: sandbox ?? false,
        values,
      }),
    ),
  );
