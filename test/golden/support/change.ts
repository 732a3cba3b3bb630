/**
 * The change of a case -> an intent, through the very readers that a gate uses.
 *
 * A command is read as shell text. Terraform entries become a plan document, and a state document where the case speaks of
 * one; Kubernetes objects an AdmissionReview; CloudFormation what its API prints.
 */

import { MusterError } from '../../../src/core/errors.ts';
import type { Intent } from '../../../src/intent/action.ts';
import { cleanerIntent } from '../../../src/intent/cleaner/cleaner-intent.ts';
import { readCleaner } from '../../../src/intent/cleaner/read-cleaner.ts';
import { readCloudFormation } from '../../../src/intent/cloudformation/read-cloudformation.ts';
import { readCommand } from '../../../src/intent/command/read-command.ts';
import { readKubernetes } from '../../../src/intent/kubernetes/read-kubernetes.ts';
import { readTerraformPlan } from '../../../src/intent/terraform/read-plan.ts';
import type { Inventory } from '../../../src/inventory/model.ts';
import { SCOPE } from '../../support/builders.ts';
import { aPlan } from '../../support/terraform-plan.ts';
import type { ChangeWords, EntryWords } from './vocabulary.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** The intent that a case describes. */
export function intentOf(words: ChangeWords, inventory: Inventory, origin: string): Intent {
  if (words.command !== undefined) return readCommand({ shell: words.command }, { scope: SCOPE });
  if (words.terraform !== undefined) return readPlan(words.terraform, words, inventory, origin);
  if (words.kubernetes !== undefined) return readKubernetes(reviewOf(words.kubernetes), origin, { scope: SCOPE });
  if (words.cloudformation !== undefined) return readStack(words.cloudformation, origin);
  return cleanerIntent(readCleaner(words.cleaner ?? '', origin), inventory);
}

function readPlan(
  entries: readonly EntryWords[],
  { state, 'empty state': empty = false }: ChangeWords,
  inventory: Inventory,
  origin: string,
): Intent {
  const whole = entries.map((entry) => wholeEntry(entry, inventory, origin));
  const held = entries.flatMap((entry, index) => {
    const before = whole[index]?.change.before ?? null;
    return before === null || empty ? [] : [{ entry, values: before }];
  });
  const prior = held.map(({ entry, values }) => ({
    ...partsOf(entry['moved from'] ?? entry.address),
    values,
    depends_on: entry['depends on'] ?? [],
  }));
  const text = JSON.stringify(aPlan(whole, { prior }));
  if (state === undefined) return readTerraformPlan(text, origin);
  const resources = held.map(({ entry, values }) => {
    const { type, name, mode } = partsOf(entry['moved from'] ?? entry.address);
    return { type, name, mode, instances: [{ attributes: values }] };
  });
  const document = { version: 4, terraform_version: '1.11.4', ...state, outputs: {}, resources };
  return readTerraformPlan(text, origin, { state: { content: JSON.stringify(document), origin: `${origin}: state` } });
}

function partsOf(address: string) {
  const [type = '', name = ''] = address.split('.');
  return { address, mode: 'managed', type, name };
}

function wholeEntry(entry: EntryWords, inventory: Inventory, origin: string) {
  const { address, actions, of, before = {}, after } = entry;
  const { type, name, mode } = partsOf(address);
  const named = of === undefined ? {} : namesOf(type, of, inventory, origin);
  const creates = actions.length === 1 && actions[0] === 'create';
  const ends = actions.length === 1 && (actions[0] === 'delete' || actions[0] === 'forget');
  const was = creates || before === null ? null : { ...named, ...before };
  // What is replaced is another thing afterwards, whose ids nobody knows yet.
  const goesOn = creates || (actions.length === 1 && !ends);
  return {
    address,
    ...(entry['moved from'] !== undefined && { previous_address: entry['moved from'] }),
    ...{ mode, type, name, provider_name: 'registry.terraform.io/hashicorp/aws' },
    change: {
      actions,
      before: was,
      after:
        ends || after === null
          ? null
          : { ...(goesOn ? named : nameOnly(type, named)), ...(goesOn && before), ...after },
      after_unknown: {},
    },
  };
}

/** What names a thing of the estate in the words of the provider, with the settings that live. */
function namesOf(type: string, of: string, inventory: Inventory, origin: string): Attributes {
  const database = inventory.databases.find(({ identifier }) => identifier === of);
  const member = inventory.databases.flatMap(({ members }) => members).find(({ identifier }) => identifier === of);
  const point = inventory.recoveryPoints.find(({ id }) => id === of);
  const key = inventory.keys.find(({ arn }) => arn.endsWith(`:key/${of}`));
  const vault = inventory.vaults.find(({ name }) => name === of);
  if (type === 'aws_rds_cluster_instance' && member !== undefined)
    return { identifier: of, arn: member.arn, dbi_resource_id: member.resourceId };
  if (database !== undefined) {
    const { arn, resourceId, deletionProtection, retentionDays } = database;
    const live = { arn, deletion_protection: deletionProtection, backup_retention_period: retentionDays };
    if (type === 'aws_db_instance') return { ...live, identifier: of, resource_id: resourceId };
    if (type === 'aws_rds_cluster') return { ...live, cluster_identifier: of, cluster_resource_id: resourceId };
  }
  if (point !== undefined && type === 'aws_db_snapshot')
    return { db_snapshot_identifier: of, db_snapshot_arn: point.arn };
  if (point !== undefined && type === 'aws_db_cluster_snapshot')
    return { db_cluster_snapshot_identifier: of, db_cluster_snapshot_arn: point.arn };
  if (key !== undefined && type === 'aws_kms_key') return { key_id: of, arn: key.arn };
  if (vault !== undefined && type === 'aws_backup_vault') return { name: of, arn: vault.arn };
  if (vault !== undefined) return { backup_vault_name: of, backup_vault_arn: vault.arn };
  throw new MusterError('MUSTER_USAGE', `${origin}: change.terraform: the estate has no ${of} that could be a ${type}`);
}

function nameOnly(type: string, named: Attributes): Attributes {
  const key = type === 'aws_rds_cluster' ? 'cluster_identifier' : 'identifier';
  return key in named ? { [key]: named[key] } : {};
}

function reviewOf({ delete: deleted, update, to }: NonNullable<ChangeWords['kubernetes']>): string {
  const request = deleted
    ? { operation: 'DELETE', object: null, oldObject: deleted }
    : { operation: 'UPDATE', object: to, oldObject: update };
  return JSON.stringify({
    ...{ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
    request: { uid: 'r-1', ...request },
  });
}

function readStack(words: NonNullable<ChangeWords['cloudformation']>, origin: string): Intent {
  const template = words['delete stack'];
  const changes = words['change set'] ?? [];
  const set = {
    ChangeSetId: `arn:aws:cloudformation:${SCOPE.region}:${SCOPE.accountId}:changeSet/c/1`,
    StackId: `arn:aws:cloudformation:${SCOPE.region}:${SCOPE.accountId}:stack/shop/1a`,
    ...{ StackName: 'shop', Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' },
    Changes: changes.map((change) => ({
      Type: 'Resource',
      // A context is a document within the document.
      ResourceChange: Object.fromEntries(
        Object.entries(change).map(([name, value]) => [name, name.endsWith('Context') ? JSON.stringify(value) : value]),
      ),
    })),
  };
  const input = {
    main: { text: template ?? JSON.stringify(set), origin },
    ...{ template: null, stackResources: null, deletesStack: template !== undefined },
  };
  return readCloudFormation(input, { scope: SCOPE });
}
