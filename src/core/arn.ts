/**
 * Amazon Resource Names and where a thing lives.
 *
 * Only what Muster tells apart: the account, the region, the service and the resource part.
 * Source: AWS General Reference, "Amazon Resource Names (ARNs)"; RDS User Guide, "Amazon Resource Names
 * (ARNs) in Amazon RDS" for the `db`, `cluster`, `snapshot`, `cluster-snapshot` and `auto-backup` types.
 */

/** An account and a region of it: the reach of one AWS listing. */
export interface Scope {
  /** Twelve digits. */
  readonly accountId: string;
  /** Such as `eu-west-1`. */
  readonly region: string;
}

/** An ARN taken apart; `resourceType` is empty when the resource part has none. */
export interface Arn extends Scope {
  readonly partition: string;
  readonly service: string;
  readonly resourceType: string;
  readonly resource: string;
}

/** Takes an ARN apart; null for anything that is not one. */
export function parseArn(text: string): Arn | null {
  const [prefix, partition, service, region, accountId, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || accountId === undefined) return null;
  const tail = rest.join(':');
  if (tail === '') return null;
  const cut = tail.search(/[:/]/);
  const resourceType = cut < 0 ? '' : tail.slice(0, cut);
  return { partition, service, region, accountId, resourceType, resource: cut < 0 ? tail : tail.slice(cut + 1) };
}

/** The ARN of an RDS resource, such as `rdsArn(scope, 'cluster', 'orders')`. */
export function rdsArn(
  scope: Scope,
  type: 'db' | 'cluster' | 'snapshot' | 'cluster-snapshot' | 'subgrp',
  name: string,
): string {
  return `arn:${partitionOf(scope.region)}:rds:${scope.region}:${scope.accountId}:${type}:${name}`;
}

/** The partition a region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** `123456789012/eu-west-1`. */
export function printScope(scope: Scope): string {
  return `${scope.accountId}/${scope.region}`;
}
