/**
 * The columns of fact table 3.3 that are infrastructure code: what Terraform and CloudFormation would do, read by the readers.
 *
 * The database of a row is all the code holds, unless the column says that its backups stand in the same state.
 */

import type { Action } from '../../../src/intent/action.ts';
import { readCloudFormation } from '../../../src/intent/cloudformation/read-cloudformation.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import type { Database, RecoveryPoint } from '../../../src/inventory/model.ts';
import { SCOPE } from '../../support/builders.ts';
import { anEntry, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import type { Scene } from './kinds.ts';

/** What the provider puts into state where nobody said otherwise. */
const PROVIDER_DEFAULTS = {
  skip_final_snapshot: false,
  final_snapshot_identifier: null,
  delete_automated_backups: true,
  deletion_protection: false,
};

/** The steps of each column. */
export const DOCUMENTS: Readonly<Record<string, (scene: Scene) => readonly Action[]>> = {
  'terraform destroy, defaults': ({ owner }) => destroyed(databaseEntries(owner)),
  'once it goes through': ({ owner }) => destroyed(databaseEntries(owner)),
  'its backups in the same state': (scene) => destroyed([...databaseEntries(scene.owner), ...backupEntries(scene)]),
  'a final snapshot named': ({ owner }) => destroyed(databaseEntries(owner, { final_snapshot_identifier: 'last' })),
  'CloudFormation stack deleted': ({ owner }) => stackDeleted(owner),
};

/** Where the provider's own refusal ends the destroy; elsewhere the question is what follows once it went through. */
export const REFUSED = 'terraform destroy, defaults';

/** In the order that their references give: what leans on another goes before it. */
function destroyed(entries: readonly { readonly address: string }[]): readonly Action[] {
  const prior = entries.map(({ address }) => aPriorResource(address, LEANS_ON[address]));
  const plan = JSON.stringify(aPlan(entries, { prior }));
  return readTerraformPlan(plan, 'plan.json').actions;
}

const LEANS_ON: Readonly<Record<string, readonly string[]>> = {
  'aws_rds_cluster_instance.it': ['aws_rds_cluster.it'],
  'aws_backup_vault_lock_configuration.it': ['aws_backup_vault.it'],
  'aws_db_snapshot.it': ['aws_db_instance.it'],
  'aws_db_cluster_snapshot.it': ['aws_rds_cluster.it'],
};

function databaseEntries({ kind, arn, identifier, resourceId, members }: Database, parts: object = {}) {
  const own =
    kind === 'rds_instance'
      ? { id: resourceId, resource_id: resourceId, identifier }
      : { id: identifier, cluster_resource_id: resourceId, cluster_identifier: identifier };
  const type = kind === 'rds_instance' ? 'aws_db_instance' : 'aws_rds_cluster';
  const ofMembers = members.map((member) => ({
    id: member.identifier,
    identifier: member.identifier,
    arn: member.arn,
    cluster_identifier: identifier,
  }));
  return [
    ...ofMembers.map((before) => anEntry({ address: 'aws_rds_cluster_instance.it', before })),
    anEntry({ address: `${type}.it`, before: { ...PROVIDER_DEFAULTS, arn, ...own, ...parts } }),
  ];
}

/** The point of a row as the resource that stands for it in a state; a vault is set to empty itself. */
function backupEntries({ point, inventory }: Scene) {
  const vault = inventory.vaults.find(({ arn }) => arn === point?.vaultArn);
  if (vault !== undefined) {
    const { name, arn } = vault;
    const before = { id: name, name, arn, force_destroy: true };
    const lock = { id: name, backup_vault_name: name, backup_vault_arn: arn };
    return [
      anEntry({ address: 'aws_backup_vault.it', before }),
      ...(vault.lock === 'none' ? [] : [anEntry({ address: 'aws_backup_vault_lock_configuration.it', before: lock })]),
    ];
  }
  return point === null ? [] : [snapshotEntry(point)];
}

function snapshotEntry({ arn, id, ofCluster, kind }: RecoveryPoint) {
  if (kind === 'replicated_automated_backup') {
    const before = { id: arn, source_db_instance_arn: OWN_INSTANCE_ARN };
    return anEntry({ address: 'aws_db_instance_automated_backups_replication.it', before });
  }
  return ofCluster
    ? anEntry({
        address: 'aws_db_cluster_snapshot.it',
        before: { id, db_cluster_snapshot_identifier: id, db_cluster_snapshot_arn: arn },
      })
    : anEntry({
        address: 'aws_db_snapshot.it',
        before: { id, db_snapshot_identifier: id, db_snapshot_arn: arn },
      });
}

const OWN_INSTANCE_ARN = `arn:aws:rds:${SCOPE.region}:${SCOPE.accountId}:db:orders`;

/** A template that says nothing of a deletion: the policy is then to take a snapshot. */
function stackDeleted({ kind, identifier, members }: Database): readonly Action[] {
  const [type, name] =
    kind === 'rds_instance'
      ? ['AWS::RDS::DBInstance', 'DBInstanceIdentifier']
      : ['AWS::RDS::DBCluster', 'DBClusterIdentifier'];
  const ofMembers = members.map((member, index) => [
    `Member${index}`,
    {
      Type: 'AWS::RDS::DBInstance',
      Properties: { DBInstanceIdentifier: member.identifier, DBClusterIdentifier: { Ref: 'It' } },
    },
  ]);
  const database = { Type: type, Properties: { [name]: identifier } };
  const template = { Resources: { ...Object.fromEntries(ofMembers), It: database } };
  const main = { text: JSON.stringify(template), origin: 'template.json' };
  const document = { main, template: null, stackResources: null, deletesStack: true };
  return readCloudFormation(document, { scope: SCOPE }).actions;
}
