/** ARNs taken apart and put together. */

import { describe, expect, it } from 'vitest';
import { parseArn, partitionOf, printScope, rdsArn } from '../../src/core/arn.ts';

const SCOPE = { accountId: '123456789012', region: 'eu-west-1' };

describe('taking an ARN apart', () => {
  it('finds account, region, type and name of a snapshot whose name holds a colon', () => {
    expect(parseArn('arn:aws:rds:eu-west-1:123456789012:snapshot:rds:orders-2026-02-26-03-00')).toEqual({
      ...SCOPE,
      partition: 'aws',
      service: 'rds',
      resourceType: 'snapshot',
      resource: 'rds:orders-2026-02-26-03-00',
    });
  });

  it('takes a slash for a separator as well', () => {
    const key = parseArn('arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555');
    expect(key?.resourceType).toBe('key');
    expect(key?.resource).toBe('11111111-2222-3333-4444-555555555555');
  });

  it('keeps an empty region and an empty account empty', () => {
    expect(parseArn('arn:aws:iam::123456789012:user/reader')?.region).toBe('');
    expect(parseArn('arn:aws:s3:::bucket')).toMatchObject({ accountId: '', resourceType: '', resource: 'bucket' });
  });

  it('gives null for what is no ARN', () => {
    for (const text of [
      '',
      'orders',
      'arn:aws:rds',
      'arn:aws:rds:eu-west-1:123456789012',
      'arn:aws:rds:eu-west-1:1:',
    ]) {
      expect(parseArn(text)).toBeNull();
    }
  });
});

describe('putting an ARN together', () => {
  it('is the reverse of taking it apart', () => {
    const arn = rdsArn(SCOPE, 'cluster-snapshot', 'rds:orders');
    expect(arn).toBe('arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:rds:orders');
    expect(parseArn(arn)).toMatchObject({ ...SCOPE, resourceType: 'cluster-snapshot', resource: 'rds:orders' });
  });

  it('knows the partitions', () => {
    expect(['eu-west-1', 'cn-north-1', 'us-gov-west-1'].map(partitionOf)).toEqual(['aws', 'aws-cn', 'aws-us-gov']);
    expect(rdsArn({ ...SCOPE, region: 'cn-north-1' }, 'db', 'orders')).toMatch(/^arn:aws-cn:/);
  });

  it('prints a scope as account and region', () => {
    expect(printScope(SCOPE)).toBe('123456789012/eu-west-1');
  });
});
