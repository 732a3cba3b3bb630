/**
 * A Terraform plan over an estate, as `terraform show -json` prints it, of about the size that is asked for.
 *
 * Pure. Most entries are resources of other kinds that stay as they are, as in any large plan; every hundredth
 * is an instance of the estate that is deleted, another hundredth its manual snapshots. Attributes, prior state and
 * planned values are as wide as those of the provider.
 */

import { ACCOUNT, type Estate, KEY_ARN, REGION } from './estate.ts';

const EVERY = 100;

/** The text of a plan that is about `bytes` long. */
export function makePlan({ owners, shots }: Estate, bytes: number): string {
  const alive = owners.filter(({ state }) => state === 'alive');
  const manual = shots.filter(({ type }) => type === 'manual');
  const entries: PlannedResource[] = [];
  for (let length = 0; length < bytes; length += JSON.stringify(entries.at(-1)).length * 4.3) {
    const index = entries.length;
    const nth = Math.floor(index / EVERY);
    const owner = alive[nth % alive.length];
    const shot = manual[nth % manual.length];
    if (index % EVERY === 7 && owner !== undefined && nth < alive.length) entries.push(instanceOf(owner, index));
    else if (index % EVERY === 19 && shot !== undefined && nth < manual.length) entries.push(snapshotOf(shot, index));
    else entries.push(otherOf(index));
  }
  return JSON.stringify(planOf(entries));
}

interface PlannedResource {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

function planOf(entries: readonly PlannedResource[]) {
  const named = entries.map(({ address, type, values }) => ({
    ...{ address, mode: 'managed', type, name: address.split('.')[1], schema_version: 1 },
    ...{ provider_name: 'registry.terraform.io/hashicorp/aws', values, sensitive_values: { tags: {}, tags_all: {} } },
  }));
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    variables: { region: { value: REGION } },
    planned_values: { root_module: { resources: named.filter((_, index) => staysAt(entries, index)) } },
    resource_changes: entries.map(({ address, type, actions, values }) => ({
      ...{ address, mode: 'managed', type, name: address.split('.')[1] },
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        ...{ actions, before: values, after: actions[0] === 'delete' ? null : values, after_unknown: {} },
        ...{ before_sensitive: { tags: {} }, after_sensitive: actions[0] === 'delete' ? false : { tags: {} } },
      },
    })),
    prior_state: { format_version: '1.0', terraform_version: '1.11.4', values: { root_module: { resources: named } } },
    configuration: { root_module: {} },
    timestamp: '2026-03-01T11:50:00Z',
    applyable: true,
    complete: true,
    errored: false,
  };
}

function staysAt(entries: readonly PlannedResource[], index: number): boolean {
  return entries[index]?.actions[0] !== 'delete';
}

function instanceOf(owner: Estate['owners'][number], index: number): PlannedResource {
  const { identifier, resourceId, engine, version } = owner;
  const values = {
    ...{ identifier, resource_id: resourceId, engine, engine_version: version, id: resourceId },
    arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${identifier}`,
    ...{ allocated_storage: 200, apply_immediately: false, auto_minor_version_upgrade: true, availability_zone: null },
    ...{ backup_retention_period: 7, deletion_protection: false, skip_final_snapshot: true, storage_type: 'gp3' },
    ...{ final_snapshot_identifier: null, delete_automated_backups: true, instance_class: 'db.r6g.large', iops: 3000 },
    ...{ kms_key_id: KEY_ARN, storage_encrypted: true, multi_az: false, username: 'owner', password: 'not-a-secret' },
    endpoint: `${identifier}.abcdefghijkl.${REGION}.rds.amazonaws.com:5432`,
    ...common(index),
  };
  return { address: `aws_db_instance.r${index}`, type: 'aws_db_instance', actions: ['delete'], values };
}

function snapshotOf({ id, owner }: Estate['shots'][number], index: number): PlannedResource {
  const values = {
    ...{ db_snapshot_identifier: id, db_instance_identifier: owner.identifier, id, status: 'available' },
    db_snapshot_arn: `arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:${id}`,
    ...{ allocated_storage: 200, encrypted: true, engine: owner.engine, kms_key_id: KEY_ARN, shared_accounts: [] },
    ...common(index),
  };
  return { address: `aws_db_snapshot.r${index}`, type: 'aws_db_snapshot', actions: ['delete'], values };
}

const OTHER_TYPES = [
  'aws_instance',
  'aws_iam_role_policy',
  'aws_s3_bucket',
  'aws_lambda_function',
  'aws_route53_record',
];

function otherOf(index: number): PlannedResource {
  const type = OTHER_TYPES[index % OTHER_TYPES.length] ?? 'aws_instance';
  const id = `i-${index.toString(16).padStart(17, '0')}`;
  const values = {
    ...{ id, ami: 'ami-0abcdef1234567890', instance_type: 'm6i.large', subnet_id: 'subnet-0123456789abcdef0' },
    ...{ arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${id}`, monitoring: true, hibernation: null },
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }],
    }),
    root_block_device: [{ device_name: '/dev/xvda', volume_size: 40, encrypted: true, kms_key_id: KEY_ARN, tags: {} }],
    user_data: 'IyEvYmluL2Jhc2gKZXhlYyAvb3B0L3N0YXJ0IC0tc2VydmljZQo='.repeat(4),
    ...common(index),
  };
  return { address: `${type}.r${index}`, type, actions: ['no-op'], values };
}

function common(index: number) {
  const tags = { Name: `resource-${index}`, team: `team-${index % 12}`, 'cost-centre': `cc-${index % 40}` };
  const ids = Array.from({ length: 3 }, (_, nth) => `sg-0${(index * 7 + nth).toString(16).padStart(16, '0')}`);
  return { tags, tags_all: { ...tags, managed_by: 'terraform' }, vpc_security_group_ids: ids, timeouts: null };
}
