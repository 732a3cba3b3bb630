/**
 * The order of the actions: deletions in reverse dependency, ties by rank, then by address; the rest after.
 */

import { describe, expect, it } from 'vitest';
import { blockAddress } from '../../../src/intent/terraform/order.ts';
import { anEntry, anInstance, aPlan, aPriorResource } from '../../support/terraform-plan.ts';
import { read } from './support.ts';

const named = (address: string) =>
  anEntry({ address, before: { name: address, identifier: address, key_id: address } });
const order = (addresses: readonly string[], prior: readonly unknown[] = [], childModules?: readonly unknown[]) =>
  read(aPlan(addresses.map(named), { prior, ...(childModules && { childModules }) })).actions.map(
    (step) => step.target.identifier,
  );

describe('deletions', () => {
  it('a thing that refers to another goes before it, against rank and address', () => {
    const [key, db] = ['aws_kms_key.a', 'aws_db_instance.z'];
    expect(order([key, db], [aPriorResource(key, [db]), aPriorResource(db)])).toEqual([key, db]);
    expect(order([key, db], [aPriorResource(key), aPriorResource(db, [key])])).toEqual([db, key]);
  });

  it('an instance of a counted block is matched by its block', () => {
    const [a, b] = ['aws_db_instance.z[0]', 'aws_db_instance.a["x"]'];
    const prior = [aPriorResource(a, ['aws_db_instance.a']), aPriorResource(b)];
    expect(order([b, a], prior)).toEqual([a, b]);
  });

  it('dependencies inside modules are followed', () => {
    const [a, b] = ['module.m["k"].aws_db_instance.a', 'module.m["k"].aws_db_instance.z'];
    const childModules = [{ child_modules: [{ resources: [aPriorResource(b, ['module.m.aws_db_instance.a'])] }] }];
    expect(order([a, b], [], childModules)).toEqual([b, a]);
  });

  it('without dependencies rank decides: copies, members, databases, lock, vault, ground', () => {
    const byRank = [
      'aws_db_snapshot.z',
      'aws_rds_cluster_instance.y',
      'aws_db_instance.x',
      'aws_backup_vault_lock_configuration.w',
      'aws_backup_vault.v',
      'aws_kms_key.u',
    ];
    const before = (address: string) => ({
      ...{ name: address, identifier: address, key_id: address },
      ...{ db_snapshot_identifier: address, backup_vault_name: address },
    });
    const entries = byRank.map((address) => anEntry({ address, before: before(address) }));
    for (const shuffled of [entries, entries.toReversed()]) {
      expect(read(aPlan(shuffled)).actions.map((step) => step.target.identifier)).toEqual(byRank);
    }
  });

  it('within a rank the address decides', () => {
    expect(order(['aws_db_instance.b', 'aws_db_instance.a'])).toEqual(['aws_db_instance.a', 'aws_db_instance.b']);
  });

  it('a cycle falls back to rank and loses nothing', () => {
    const [key, db, other] = ['aws_kms_key.a', 'aws_db_instance.z', 'aws_db_instance.y'];
    const prior = [aPriorResource(key, [db]), aPriorResource(db, [key, other, db])];
    expect(order([key, db, other], prior)).toEqual([other, db, key]);
  });

  it('a block that refers to itself holds nothing back', () => {
    const [key, db] = ['aws_kms_key.a', 'aws_db_instance.z'];
    expect(order([db, key], [aPriorResource(key, [key, db]), aPriorResource(db)])).toEqual([key, db]);
  });

  it('a dependency on something that stays does not hold a deletion back', () => {
    expect(order(['aws_db_instance.a'], [aPriorResource('aws_db_instance.a', ['aws_vpc.main'])])).toEqual([
      'aws_db_instance.a',
    ]);
  });

  it('what stays hands no dependency on: a state lists every one of a resource', () => {
    const [key, web, db] = ['aws_kms_key.a', 'aws_instance.web', 'aws_db_instance.z'];
    const entries = [named(key), anEntry({ address: web, actions: ['no-op'], before: {} }), named(db)];
    const prior = [aPriorResource(key, [web]), aPriorResource(web, [db]), aPriorResource(db)];
    expect(read(aPlan(entries, { prior })).actions.map((step) => step.target.identifier)).toEqual([db, key]);
  });

  it('the instances of one block go by address', () => {
    const [first, second] = ['aws_db_instance.a["x"]', 'aws_db_instance.a["y"]'];
    expect(order([second, first])).toEqual([first, second]);
  });

  it('5,000 deletions are ordered in little time', () => {
    const addresses = Array.from({ length: 5_000 }, (_, index) => `aws_db_instance.d${index}`);
    const prior = addresses.map((address, index) =>
      aPriorResource(address, index > 0 ? [`aws_db_instance.d${index - 1}`] : []),
    );
    expect(order(addresses, prior)[0]).toBe('aws_db_instance.d4999');
  });
});

describe('the rest', () => {
  it('goes by address, whatever order the document has', () => {
    const entries = ['c', 'a', 'b'].map((name) =>
      anEntry({ address: `aws_db_instance.${name}`, actions: ['create'], before: null, after: { identifier: name } }),
    );
    expect(read(aPlan(entries)).actions.map((step) => step.target.identifier)).toEqual(['a', 'b', 'c']);
  });

  it('two entries of one address come out alike whichever stands first', () => {
    const entries = ['delete', 'update', 'create'].flatMap((action) =>
      ['b', 'a'].map((identifier) =>
        anEntry({
          actions: [action],
          before: anInstance({ identifier }),
          after: anInstance({ identifier, deletion_protection: false }),
        }),
      ),
    );
    const { digest: _, ...intent } = read(aPlan(entries));
    expect(read(aPlan(entries.toReversed()))).toMatchObject(intent);
  });

  it('creates and updates come after deletions, and parts nobody understands last', () => {
    const entries = [
      anEntry({ address: 'aws_db_instance.a', actions: ['create'], before: null, after: { identifier: 'new' } }),
      anEntry({ address: 'aws_db_instance.b', actions: ['update'], after: anInstance({ deletion_protection: false }) }),
      anEntry({ address: 'aws_db_instance.c' }),
    ];
    const kinds = read(aPlan(entries, { action_invocations: [{}] })).actions.map((step) => step.kind);
    expect(kinds).toEqual(['delete_db_instance', 'create_database', 'modify_db_instance', 'opaque']);
  });

  it('changes are listed by address', () => {
    const entries = ['aws_vpc.b', 'aws_db_instance.c', 'aws_vpc.a'].map((address) => anEntry({ address }));
    expect(read(aPlan(entries)).changes.map((change) => change.address)).toEqual([
      'aws_db_instance.c',
      'aws_vpc.a',
      'aws_vpc.b',
    ]);
  });
});

it.each([
  ['aws_subnet.private', 'aws_subnet.private'],
  ['aws_subnet.private[0]', 'aws_subnet.private'],
  ['aws_subnet.private[12]', 'aws_subnet.private'],
  ['aws_subnet.private["a]b\\"c"]', 'aws_subnet.private'],
  ['module.a["x.y"].module.b[1].aws_kms_key.k', 'module.a.module.b.aws_kms_key.k'],
])('the block of %s is %s', (address, block) => {
  expect(blockAddress(address)).toBe(block);
});

it('an address full of brackets that nothing closes takes no longer than any other', () => {
  const deep = `aws_x.${'["'.repeat(200_000)}`;
  expect(blockAddress(deep)).toBe('aws_x.');
  expect(blockAddress(`aws_x.${'['.repeat(200_000)}`)).toBe('aws_x.');
});
