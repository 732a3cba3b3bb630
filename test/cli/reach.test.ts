/**
 * Which places a command reads: nothing new without an option, and nothing called for a name that cannot be one.
 */

import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/cli/reach.ts';

const ROLE = 'arn:aws:iam::999988887777:role/team/reader';
const refusal = (options: Parameters<typeof reachOf>[0]): string => {
  try {
    reachOf(options);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MUSTER_USAGE' });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('not refused');
};

it('without an option there is no reach to speak of', () => {
  expect(reachOf({})).toBeNull();
});

it('regions and roles are kept as named', () => {
  expect(reachOf({ region: ['eu-west-1', 'us-gov-west-1', 'ap-southeast-2'], assumeRole: [ROLE] })).toEqual({
    regions: ['eu-west-1', 'us-gov-west-1', 'ap-southeast-2'],
    roleArns: [ROLE],
    externalId: null,
  });
  expect(reachOf({ assumeRole: [ROLE], externalId: 'agreed-1' })).toMatchObject({
    regions: [],
    externalId: 'agreed-1',
  });
});

describe('refused, by name, is', () => {
  it.each(['all', 'eu-west', 'EU-WEST-1', 'eu-west-1.evil.example', ''])('%j as a region', (name) => {
    expect(refusal({ region: ['eu-west-1', name] })).toContain(`--region: ${JSON.stringify(name)}`);
  });

  it.each(['reader', 'arn:aws:iam::999988887777:user/reader', 'arn:aws:iam::99998888777:role/reader'])(
    '%s as a role',
    (arn) => {
      expect(refusal({ assumeRole: [arn] })).toContain(`--assume-role: "${arn}"`);
    },
  );

  it('an external id that nobody asks for', () => {
    expect(refusal({ externalId: 'agreed-1' })).toContain('--external-id needs --assume-role');
  });

  it('an external id of odd characters, without printing it', () => {
    expect(refusal({ assumeRole: [ROLE], externalId: 'canary id' })).not.toContain('canary');
  });
});
