/**
 * Builds small Terraform plans for tests: only what a test names, everything else as a whole plan has it.
 *
 * The shape is that of `terraform show -json` (format 1.2). Values are the smallest that read like AWS's.
 */

/** The account and region every built ARN lies in. */
export const HERE = { accountId: '123456789012', region: 'eu-west-1' } as const;

/** One entry of `resource_changes`; `type` and `name` come from the address unless given. */
export interface EntryParts {
  readonly address?: string;
  readonly mode?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly deposed?: string;
  readonly importing?: unknown;
  readonly action_reason?: string;
}

/** An entry; a delete of `aws_db_instance.orders` unless said otherwise. */
export function anEntry(parts: EntryParts = {}) {
  const { address = 'aws_db_instance.orders', mode = 'managed', actions = ['delete'], deposed, importing } = parts;
  const [type = '', name = ''] = address
    .replace(/\[.*?\]/g, '')
    .split('.')
    .slice(-2);
  return {
    address,
    mode,
    type,
    name,
    provider_name: 'registry.terraform.io/hashicorp/aws',
    ...(deposed !== undefined && { deposed }),
    ...(parts.action_reason !== undefined && { action_reason: parts.action_reason }),
    change: {
      actions,
      before: parts.before === undefined ? anInstance() : parts.before,
      after: parts.after ?? null,
      after_unknown: parts.after_unknown ?? {},
      ...(importing !== undefined && { importing }),
    },
  };
}

/** Attributes of an `aws_db_instance` that is well protected. */
export function anInstance(parts: object = {}) {
  return {
    id: 'db-ORDERS',
    resource_id: 'db-ORDERS',
    identifier: 'orders',
    arn: `arn:aws:rds:${HERE.region}:${HERE.accountId}:db:orders`,
    skip_final_snapshot: false,
    final_snapshot_identifier: 'orders-final',
    delete_automated_backups: false,
    deletion_protection: true,
    backup_retention_period: 7,
    apply_immediately: false,
    blue_green_update: [],
    ...parts,
  };
}

/** Attributes of an `aws_rds_cluster`. */
export function aCluster(parts: object = {}) {
  return {
    id: 'events',
    cluster_resource_id: 'cluster-EVENTS',
    cluster_identifier: 'events',
    arn: `arn:aws:rds:${HERE.region}:${HERE.accountId}:cluster:events`,
    skip_final_snapshot: true,
    final_snapshot_identifier: null,
    delete_automated_backups: true,
    deletion_protection: false,
    backup_retention_period: 7,
    apply_immediately: null,
    ...parts,
  };
}

/** A resource of `prior_state`. */
export function aPriorResource(address: string, dependsOn: readonly string[] = [], mode = 'managed') {
  return { address, mode, type: address.split('.').at(-2), ...(dependsOn.length > 0 && { depends_on: dependsOn }) };
}

/** A plan document; `prior` becomes `prior_state`, the rest stands at the top. */
export function aPlan(
  entries: readonly unknown[] = [],
  parts: { readonly prior?: readonly unknown[]; readonly childModules?: readonly unknown[] } & Record<
    string,
    unknown
  > = {},
) {
  const { prior, childModules, ...top } = parts;
  const rootModule = { resources: prior ?? [], ...(childModules && { child_modules: childModules }) };
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    planned_values: { root_module: {} },
    ...(entries.length > 0 && { resource_changes: entries }),
    ...((prior || childModules) && { prior_state: { format_version: '1.0', values: { root_module: rootModule } } }),
    configuration: { root_module: {} },
    timestamp: '2026-11-22T09:07:00Z',
    applyable: true,
    complete: true,
    errored: false,
    ...top,
  };
}
