/**
 * Options that several commands share.
 *
 * Only declared here; what they mean is read by `reach.ts`.
 */

import type { Command } from 'commander';

/** How far a command that reads AWS reaches; without these options, one account and region. */
export function readsAws(command: Command): void {
  const more = (value: string, before: readonly string[] = []) => [...before, value];
  command
    .option('--region <name>', 'read this region; may be repeated', more)
    .option('--assume-role <arn>', 'read the account of this role too; may be repeated', more)
    .option('--external-id <id>', 'what those roles ask of whoever assumes them');
}
