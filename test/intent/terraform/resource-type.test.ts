/** How the values in a document name a resource, and where an ARN says that it lives. */

import { describe, expect, it } from 'vitest';
import { nameInArn, namingAttributes, scopeOf } from '../../../src/intent/terraform/resource-type.ts';
import { MODELLED_TYPES, modelledType } from '../../../src/intent/terraform/types.ts';

describe('the attributes that name a resource', () => {
  const namesOf = (type: string) => {
    const row = modelledType(type);
    return row && Object.keys(namingAttributes(row)).sort();
  };

  it.each([
    ['aws_db_instance', ['arn', 'identifier', 'resource_id']],
    ['aws_rds_cluster', ['arn', 'cluster_identifier', 'cluster_resource_id']],
    ['aws_rds_cluster_instance', ['arn', 'dbi_resource_id', 'identifier']],
    ['aws_backup_selection', ['name']],
    ['aws_kms_external_key', ['arn', 'id']],
  ])('of an %s are no others than %j', (type, names) => {
    expect(namesOf(type)).toEqual(names);
  });

  it('are among those that may be read, for every type', () => {
    for (const type of MODELLED_TYPES) {
      const row = modelledType(type);
      const wanted = [row?.identity.identifier, row?.identity.arn, row?.identity.resourceId].filter(
        (name) => typeof name === 'string',
      );
      expect(namesOf(type), type).toEqual([...new Set(wanted)].sort());
    }
  });
});

describe('an ARN', () => {
  const HERE = { accountId: '123456789012', region: 'eu-west-1' };

  it.each([
    ['arn:aws:rds:eu-west-1:123456789012:db:orders', HERE, 'orders'],
    ['arn:aws:rds::123456789012:global-cluster:world', null, 'world'],
    ['arn:aws:rds:eu-west-1::db:orders', null, 'orders'],
    ['arn:aws:rds:eu-west-1:12345678901:db:orders', null, 'orders'],
    ['arn:aws:rds:eu-west-1:1234567890123:db:orders', null, 'orders'],
    ['arn:aws:rds:eu-west-1:x123456789012:db:orders', null, 'orders'],
    ['orders', null, null],
    [null, null, null],
  ])('%s lives in %j and ends in %s', (arn, scope, name) => {
    expect(scopeOf(arn)).toEqual(scope);
    expect(nameInArn(arn)).toBe(name);
  });
});
