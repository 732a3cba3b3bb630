/**
 * Short ways to read a command in the tests of this folder.
 */

import type { Scope } from '../../../src/core/arn.ts';
import { type Action, CHANGE_CLASSES, type ChangeClass, type Intent } from '../../../src/intent/action.ts';
import { readCommand } from '../../../src/intent/command/read-command.ts';

export const HERE: Scope = { accountId: '123456789012', region: 'eu-west-1' };

/** Reads shell text in the account of the tests. */
export function shell(text: string): Intent {
  return readCommand({ shell: text }, { scope: HERE });
}

/** The worst class of a text's commands; a text without commands is `none`. */
export function classOf(text: string): ChangeClass {
  const classes = shell(text).changes.map((change) => change.class);
  return CHANGE_CLASSES.find((candidate) => classes.includes(candidate)) ?? 'none';
}

/** The worst class, then the kinds of all steps. */
export function summary(text: string): string {
  return [classOf(text), ...shell(text).actions.map(({ kind }) => kind)].join(' ');
}

/** The one step of a text. */
export function stepOf(text: string): Action {
  const { actions } = shell(text);
  const [step] = actions;
  if (step === undefined || actions.length > 1) throw new Error(`${actions.length} steps`);
  return step;
}

/** Why the steps of a text are opaque. */
export function whyOf(text: string): string {
  return shell(text)
    .actions.flatMap((action) => (action.kind === 'opaque' ? [action.why] : []))
    .join('\n');
}
