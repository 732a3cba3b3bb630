/**
 * Judges a case: its words become inventory, policy, change and evidence, and these a decision document.
 *
 * The instant, the store and whoever asks are the same for all cases, so that only what a case says can make a difference.
 */

import { DEFAULT_POLICY, parsePolicy } from '../../../src/policy/schema.ts';
import { decideChange } from '../../../src/verdict/decide.ts';
import type { DecisionDocument } from '../../../src/verdict/document.ts';
import { NOW } from '../../support/builders.ts';
import { intentOf } from './change.ts';
import { inventoryOf } from './estate.ts';
import { besidesOf, withRestoreTests } from './evidence.ts';
import type { GoldenCase } from './vocabulary.ts';

/**
 * The decision on a case.
 *
 * @param origin The name of its file, for messages.
 * @throws MusterError for a policy or a change that Muster refuses.
 */
export function judgeCase({ policy, estate, change, evidence = {} }: GoldenCase, origin: string): DecisionDocument {
  const rules = policy === undefined ? DEFAULT_POLICY : parsePolicy(policy, 'muster.yaml');
  const inventory = withRestoreTests(inventoryOf(estate, origin), evidence, origin);
  const intent = intentOf(change, inventory, origin);
  const besides = besidesOf(evidence, inventory, origin);
  const document = decideChange({ intent, inventory, policy: rules, at: NOW, logged: true, ...besides });
  // As it is printed, and read again by whoever asked.
  return JSON.parse(JSON.stringify(document)) as DecisionDocument;
}
