/**
 * What is about to happen, read from the document or the command of a request.
 *
 * As `muster gate` reads them, but for one thing: a command line there runs with the credentials that made the reads, and here
 * with others. What a command, a stack or an object leaves out about where it runs is therefore not known. Each is read once before
 * AWS is asked anything, so that one which cannot be read is refused at no cost.
 */

import type { Scope } from '../../core/arn.ts';
import { unreachable } from '../../core/invariant.ts';
import type { Intent } from '../../intent/action.ts';
import { cleanerIntent } from '../../intent/cleaner/cleaner-intent.ts';
import { readCleaner } from '../../intent/cleaner/read-cleaner.ts';
import { readCloudFormation } from '../../intent/cloudformation/read-cloudformation.ts';
import { readCommand } from '../../intent/command/read-command.ts';
import { readKubernetes } from '../../intent/kubernetes/read-kubernetes.ts';
import { readTerraformPlan } from '../../intent/terraform/read-plan.ts';
import type { Inventory } from '../../inventory/model.ts';
import { Problem } from '../problem.ts';
import type { DecisionRequest } from '../wire/asked.ts';

/** Reads the change again, now that it is known where it may run and what is there. */
export type ReadIntent = (scope: Scope | null, inventory: Inventory) => Intent;
type Asked<S extends DecisionRequest['source']> = Extract<DecisionRequest, { source: S }>;

/**
 * The reader of a request's document.
 *
 * @throws MusterError of the reader, naming the place and no value; Problem `invalid` for parts that do not go together.
 */
export function intentReader(asked: DecisionRequest): ReadIntent {
  switch (asked.source) {
    case 'terraform': {
      const { plan, state } = asked;
      const intent = readTerraformPlan(
        plan,
        'plan',
        state === undefined ? {} : { state: { content: state, origin: 'state' } },
      );
      return () => intent;
    }
    case 'command':
      return readAhead((scope) => readCommand({ argv: asked.argv }, { scope }));
    case 'kubernetes':
      return readAhead((scope) => readKubernetes(asked.document, 'document', { scope }));
    case 'cloudformation':
      return cloudFormationReader(asked);
    case 'cleaner': {
      const rules = readCleaner(asked.document, 'document');
      return (_, inventory) => cleanerIntent(rules, inventory);
    }
    default:
      return unreachable(asked, 'sources of a decision');
  }
}

function cloudFormationReader({
  document,
  template,
  stackResources,
  deletesStack,
}: Asked<'cloudformation'>): ReadIntent {
  if (stackResources !== undefined && !deletesStack) {
    throw new Problem('invalid', 'body/stackResources: goes with deletesStack; a change set has its own list');
  }
  const part = (text: string | undefined, origin: string) => (text === undefined ? null : { text, origin });
  const input = {
    main: { text: document, origin: 'document' },
    template: part(template, 'template'),
    stackResources: part(stackResources, 'stackResources'),
    deletesStack,
  };
  return readAhead((scope) => readCloudFormation(input, { scope }));
}

/** Read without a place: whoever asks has credentials of their own, and nobody has shown where those lead. */
function readAhead(read: (scope: null) => Intent): ReadIntent {
  const intent = read(null);
  return () => intent;
}
