/**
 * Resource types of AWS KMS: keys, and who may use them.
 *
 * A key that goes takes every recovery point under it out of reach, and one that nobody may use does the same
 * (`aws-backup-facts.md` 2.8). A key policy can lock everybody out; its text is compared and never read out.
 * Source: hashicorp/terraform-provider-aws 5.100.0 `internal/service/kms`; AWS KMS API, ScheduleKeyDeletion,
 * PutKeyPolicy and RevokeGrant.
 */

import { PROTECTIONS, type Protection } from './protections.ts';
import { RANK, type ResourceType, row } from './resource-type.ts';

/** What KMS takes when the call names no window. Source: AWS KMS API, ScheduleKeyDeletion. */
const KEY_DELETION_WINDOW_DAYS = 30;

const KEYS = ['aws_kms_key', 'aws_kms_replica_key', 'aws_kms_external_key', 'aws_kms_replica_external_key'];

/** Keys and the grants and policies on them. */
export const KMS_TYPES: readonly ResourceType[] = [
  key('aws_kms_key', 'key_id', [PROTECTIONS.keyEnabled]),
  key('aws_kms_replica_key', 'key_id', [PROTECTIONS.keySwitchedOn]),
  // A date on imported key material is the day on which the key stops working.
  key('aws_kms_external_key', 'id', [PROTECTIONS.keySwitchedOn, PROTECTIONS.keyMaterialEnd]),
  key('aws_kms_replica_external_key', 'key_id', [PROTECTIONS.keySwitchedOn, PROTECTIONS.keyMaterialEnd]),
  onKey('aws_kms_key_policy', { deletes: 'disarm', protections: [PROTECTIONS.keyPolicy], putOn: KEYS }),
  // Whether RDS, or the account that restores, works through this grant is in no plan: the rules of keys decide.
  onKey('aws_kms_grant', {}),
];

function key(type: string, identifier: 'key_id' | 'id', protections: readonly Protection[]): ResourceType {
  return row({
    type,
    rank: RANK.ground,
    identity: { identifier, arn: 'arn', resourceId: identifier },
    attributes: {
      [identifier]: 'text',
      arn: 'text',
      deletion_window_in_days: 'number',
      is_enabled: 'flag',
      enabled: 'flag',
    },
    destroy: (target, before) => ({
      kind: 'schedule_key_deletion',
      target,
      windowDays: before.number('deletion_window_in_days') ?? KEY_DELETION_WINDOW_DAYS,
    }),
    protections: [...protections, PROTECTIONS.keyWindow, PROTECTIONS.keyPolicy],
  });
}

/** What stands on a key; `key_id` holds its id or its ARN, as the configuration was written. */
function onKey(type: string, parts: Partial<ResourceType>): ResourceType {
  return row({
    type,
    rank: RANK.lock,
    identity: { identifier: 'key_id', arn: null, resourceId: null },
    attributes: { key_id: 'text' },
    destroy: (target) => ({ kind: 'change_key_policy', target }),
    ...parts,
  });
}
