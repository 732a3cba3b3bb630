/**
 * Reads the state of every KMS key that a database or a recovery point depends on.
 *
 * A key that cannot be described may be disabled or about to be deleted, so its gap hides a threat. That
 * includes a key KMS does not find: it may be gone for good, or not ours to see.
 * Source: AWS KMS API 2014-11-01, DescribeKey and KeyMetadata.
 */

import type { Scope } from '../../core/arn.ts';
import type { Gap, Key } from '../../inventory/model.ts';
import type { Clients } from './clients.ts';
import { faultOf, printFault } from './faults.ts';
import { gapOf } from './listing.ts';
import { mapBounded } from './paging.ts';
import { keyMetadata, printIssues } from './schema.ts';
import { toKey } from './to-vault.ts';

/** What KMS shows of the keys asked for. */
export interface KeyObservations {
  readonly keys: readonly Key[];
  readonly gaps: readonly Gap[];
}

const KEYS_AT_ONCE = 8;

/** Describes each key once; refused ones become gaps. */
export async function readKeys(
  clients: Clients,
  scope: Scope,
  keyArns: readonly (string | null)[],
  progress: (what: string) => void = () => {},
): Promise<KeyObservations> {
  const arns = [...new Set(keyArns.filter((arn): arn is string => arn !== null && arn !== ''))].sort();
  if (arns.length === 0) return { keys: [], gaps: [] };
  progress(`${arns.length} KMS keys in ${scope.region}`);
  const kms = await clients.kms();
  const { DescribeKeyCommand } = await import('@aws-sdk/client-kms');

  const read = await mapBounded(arns, KEYS_AT_ONCE, async (arn): Promise<KeyObservations> => {
    const gap = (cause: string): KeyObservations => ({
      keys: [],
      gaps: [gapOf({ scope, action: 'kms:DescribeKey', what: `state of KMS key ${arn}`, hides: 'threats' }, cause)],
    });
    let answer: unknown;
    try {
      answer = (await kms.send(new DescribeKeyCommand({ KeyId: arn }))).KeyMetadata;
    } catch (error) {
      return gap(printFault(faultOf(error)));
    }
    const parsed = keyMetadata.safeParse(answer);
    if (!parsed.success) return gap(`MalformedItem: ${printIssues(parsed.error)}`);
    // Databases name their key by ARN; another ARN in the answer would never be matched to them.
    if (parsed.data.Arn !== arn) return gap(`OtherKey: KMS answered for ${parsed.data.Arn}`);
    return { keys: [toKey(scope, parsed.data)], gaps: [] };
  });
  return { keys: read.flatMap(({ keys }) => keys), gaps: read.flatMap(({ gaps }) => gaps) };
}
