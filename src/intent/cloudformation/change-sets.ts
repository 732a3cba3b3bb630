/**
 * Change sets, one or with those of nested stacks, as changes; and what is wrong with them as a whole.
 *
 * A change set that was cut into pages, is not finished or cannot be executed says less than it seems to.
 * Source: CloudFormation API, DescribeChangeSet: Status, ExecutionStatus, NextToken.
 */

import type { Scope } from '../../core/arn.ts';
import type { Signal } from '../action.ts';
import type { ChangeSet } from './change-set.ts';
import type { ReadDocument } from './read-document.ts';
import { readResourceChange, type Surroundings } from './resource-change.ts';
import type { Template } from './template.ts';

const WORD = /^[A-Z_]{1,40}$/;

/**
 * Reads change sets that would be executed together.
 *
 * @param template The template of the one stack, for what a change set leaves out.
 */
export function readChangeSets(
  sets: readonly ChangeSet[],
  template: Template | null,
  home: Scope | null,
): ReadDocument {
  const given = new Set(sets.filter(({ hasMore }) => !hasMore).flatMap(({ id }) => id ?? []));
  return {
    changes: sets.flatMap((set) => {
      const around: Surroundings = {
        stackName: set.stackName,
        scope: set.scope ?? home,
        // Which of several stacks it is the template of is not said.
        template: (logicalId) => (sets.length === 1 ? (template?.resources.get(logicalId)?.body ?? null) : null),
        isGiven: (id) => given.has(id),
      };
      return set.changes.map((entry) => readResourceChange(entry, around));
    }),
    signals: sets.flatMap(signalsOf),
  };
}

function signalsOf({ stackName, status, executionStatus, hasMore }: ChangeSet): readonly Signal[] {
  const of = stackName === '' ? 'the change set' : `the change set of ${stackName}`;
  const word = (text: string) => (WORD.test(text) ? text : 'a word that this reader does not know');
  const signals: Signal[] = [];
  if (hasMore) signals.push({ code: 'unread_part', detail: `${of} goes on: it has further pages (NextToken)` });
  if (status !== null && status !== 'CREATE_COMPLETE') {
    signals.push({ code: 'errored_plan', detail: `${of} is ${word(status)}, not CREATE_COMPLETE` });
  } else if (executionStatus !== null && executionStatus !== 'AVAILABLE') {
    signals.push({ code: 'errored_plan', detail: `${of} cannot be executed: it is ${word(executionStatus)}` });
  }
  return signals;
}
