/**
 * Names of types that may take databases, their backups, their keys, or whatever holds them, up to a whole account.
 *
 * For the types that no table here has: tools gain new ones with every version.
 */

const WATCHED =
  /rds|aurora|db(?:instance|cluster|snapshot|global|shard)|docdb|documentdb|neptune|dsql|backup|recovery-?point|kms|snapshot|cloudformation|stack|(?:^|[.-])(?:cfn|account)$/i;

/** True for a name that speaks of databases, backups, keys or stacks. */
export function speaksOfDatabases(name: string): boolean {
  return WATCHED.test(name);
}
