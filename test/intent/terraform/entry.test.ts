/**
 * What the words of an entry amount to, read by membership.
 */

import { describe, expect, it } from 'vitest';
import { aCluster, anEntry, anInstance, aPlan, HERE } from '../../support/terraform-plan.ts';
import { kindsOf, read, readOne, refusalOf } from './support.ts';

describe('actions of an entry', () => {
  it.each([
    [['delete']],
    [['delete', 'create']],
    [['create', 'delete']],
    [['update', 'delete']],
    [['forget', 'delete']],
  ])('%j destroys, with the values in state', (actions) => {
    const after = anInstance({ identifier: 'other', skip_final_snapshot: true });
    const change = readOne(anEntry({ actions, after }));
    expect(change.class).toBe('destroy');
    expect(change.steps).toMatchObject([
      { kind: 'delete_db_instance', target: { identifier: 'orders' }, parameters: { skipFinalSnapshot: false } },
    ]);
  });

  it.each([[['forget']], [['create', 'forget']], [['forget', 'create']]])(
    '%j forgets, and takes no step',
    (actions) => {
      const change = readOne(anEntry({ actions, action_reason: 'delete_because_no_resource_config' }));
      expect(change).toMatchObject({ class: 'forget', steps: [], actions });
    },
  );

  it.each([[['no-op']], [['read']]])('%j is none', (actions) => {
    expect(readOne(anEntry({ actions, after: anInstance() }))).toMatchObject({ class: 'none', steps: [] });
  });

  it('a create of an instance makes a database of the planned name', () => {
    const change = readOne(anEntry({ actions: ['create'], before: null, after: { identifier: 'orders' } }));
    expect(change.class).toBe('create');
    expect(change.steps).toEqual([
      { kind: 'create_database', target: { arn: null, resourceId: null, identifier: 'orders', scope: null } },
    ]);
  });

  it('a create whose name is not known yet names nothing', () => {
    const address = 'aws_rds_cluster.events';
    const change = readOne(
      anEntry({ address, actions: ['create'], before: null, after: {}, after_unknown: { cluster_identifier: true } }),
    );
    expect(change.steps).toMatchObject([{ kind: 'create_database', target: { identifier: '' } }]);
  });

  it('a create of anything but a database takes no step', () => {
    const change = readOne(anEntry({ address: 'aws_kms_key.k', actions: ['create'], before: null, after: {} }));
    expect(change).toMatchObject({ class: 'create', steps: [] });
  });

  it.each([[['obliterate']], [['no-op', 'obliterate']], [['forget', 'obliterate']], [[]]])(
    '%j is unknown, and kept as a step that nobody understands',
    (actions) => {
      const change = readOne(anEntry({ actions }));
      expect(change.class).toBe('unknown');
      expect(kindsOf(change)).toEqual(['opaque']);
    },
  );

  it.each([[['obliterate']], [['no-op', 'obliterate']], [[]]])(
    '%j is unknown of a type without a row too',
    (actions) => {
      const change = readOne(anEntry({ address: 'aws_instance.web', actions, before: {} }));
      expect(change).toMatchObject({ class: 'unknown', steps: [{ kind: 'opaque' }] });
    },
  );

  it('a deposed copy that stays, of a type without a row, keeps its key in its name', () => {
    const entry = { ...anEntry({ address: 'aws_instance.web', actions: ['no-op'], before: {} }), deposed: 'deadbeef' };
    expect(readOne(entry)).toMatchObject({ address: 'aws_instance.web (deposed deadbeef)', class: 'none', steps: [] });
  });

  it.each([
    ['where nothing happens', { actions: ['no-op'], before: { identifier: 7 } }, 'before.identifier: expected text'],
    ['of a create', { actions: ['create'], before: null, after: { identifier: 7 } }, 'after.identifier: expected text'],
    ['of an update', { actions: ['update'], after: { identifier: 7 } }, 'after.identifier: expected text'],
    [
      'of a policy',
      { address: 'aws_kms_key_policy.k', actions: ['create'], before: null, after: { key_id: 7 } },
      'after.key_id: expected text',
    ],
    [
      'of what a policy is put on',
      { address: 'aws_backup_vault.v', actions: ['create'], before: null, after: { name: 7 } },
      'after.name: expected text',
    ],
    ['of the whole', { actions: ['update'], after: 'x' }, 'after: expected an object'],
    [
      'before an update of a type without a row',
      { address: 'aws_vpc.a', actions: ['update'], before: [], after: {} },
      'before: expected an object',
    ],
    [
      'after an update of a type without a row',
      { address: 'aws_vpc.a', actions: ['update'], before: {}, after: true },
      'after: expected an object',
    ],
  ])('a value in use of the wrong kind is refused by its place: %s', (_, parts, place) => {
    expect(refusalOf(JSON.stringify(aPlan([anEntry(), anEntry(parts)])))).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: `plan.json: resource_changes[1].change.${place} or null`,
    });
  });

  it('a word nobody knows makes no destruction milder', () => {
    const change = readOne(anEntry({ actions: ['delete', 'obliterate'] }));
    expect(change.class).toBe('destroy');
    expect(kindsOf(change)).toEqual(['opaque', 'delete_db_instance']);
  });

  it.each(['x', 'move-to', 'obliterate', `x${'-'.repeat(30)}`])(
    'the word %s is repeated, though nobody knows it',
    (word) => {
      expect(readOne(anEntry({ actions: ['delete', word] })).actions).toEqual(['delete', word]);
    },
  );

  it.each(['CANARY-1', '', '-x', 'xCANARY', 'drop secret', 'drop\n', `x${'-'.repeat(31)}`])(
    '%j does not read like a word and is not repeated',
    (word) => {
      expect(readOne(anEntry({ actions: [word, 'delete'] })).actions).toEqual(['an unprintable action', 'delete']);
    },
  );

  it('an import changes nothing about what an entry does', () => {
    const importing = { id: 'orders' };
    expect(readOne(anEntry({ actions: ['no-op'], after: anInstance(), importing })).class).toBe('none');
    expect(readOne(anEntry({ actions: ['delete'], importing })).class).toBe('destroy');
  });
});

describe('a create that puts something in the place of what AWS has', () => {
  const KEY = `arn:aws:kms:${HERE.region}:${HERE.accountId}:key/k1`;
  const put = (type: string, after: object, more: object = {}) =>
    anEntry({ address: `${type}.x`, actions: ['create'], before: null, after, ...more });
  const changeOf = (entries: readonly unknown[]) =>
    read(aPlan(entries)).changes.find(({ address }) => address.endsWith('_policy.x'));
  const vault = (name: string) => put('aws_backup_vault', { name, force_destroy: null });
  const key = put('aws_kms_key', {}, { after_unknown: { key_id: true, arn: true } });
  const unnamedKeyPolicy = put('aws_kms_key_policy', { policy: '{}' }, { after_unknown: { key_id: true } });

  it.each([
    ['aws_kms_key_policy', { key_id: 'k1' }, 'change_key_policy', { arn: null, identifier: 'k1', scope: null }],
    ['aws_kms_key_policy', { key_id: KEY }, 'change_key_policy', { arn: KEY, identifier: 'k1', scope: HERE }],
    ['aws_backup_vault_policy', { backup_vault_name: 'v' }, 'change_vault_policy', { identifier: 'v' }],
  ])('%s of %j disarms by %s', (type, after, kind, target) => {
    const expected = { class: 'disarm', steps: [{ kind, target }] };
    expect(changeOf([put(type, after)])).toMatchObject(expected);
    expect(changeOf([put(type, after), vault('another'), key])).toMatchObject(expected);
  });

  it.each([
    ['a key', [key, unnamedKeyPolicy]],
    ['a vault', [vault('v'), put('aws_backup_vault_policy', { backup_vault_name: 'v' })]],
    ['two vaults', [vault('v'), put('aws_backup_vault_policy', { backup_vault_name: 'v' }), vault('w')]],
  ])('changes nothing that is there when the same plan makes %s for it', (_, entries) => {
    expect(changeOf(entries)).toMatchObject({ class: 'create', steps: [] });
    expect(changeOf(entries.toReversed())).toMatchObject({ class: 'create', steps: [] });
  });

  it.each([
    ['no key', [unnamedKeyPolicy]],
    ['a vault', [unnamedKeyPolicy, put('aws_backup_vault', {}, { after_unknown: { name: true } })]],
    ['a key that is there', [unnamedKeyPolicy, anEntry({ address: 'aws_kms_key.x', actions: ['no-op'], before: {} })]],
  ])('is unknown when nothing names what it is put on, and the plan makes %s', (_, entries) => {
    expect(changeOf(entries)).toMatchObject({
      class: 'unknown',
      steps: [{ kind: 'opaque', target: { identifier: 'aws_kms_key_policy.x' } }],
    });
  });

  it('counts in a replacement as well: the one that it leaves and the one that it comes to', () => {
    const [before, after] = ['v1', 'v2'].map((name) => ({ backup_vault_name: name }));
    const moved = anEntry({ address: 'aws_backup_vault_policy.x', actions: ['delete', 'create'], before, after });
    expect(changeOf([moved])).toMatchObject({
      class: 'disarm',
      steps: [{ target: { identifier: 'v1' } }, { target: { identifier: 'v2' } }],
    });
  });

  it.each(['aws_backup_region_settings', 'aws_backup_global_settings'])('%s disarms', (type) => {
    const entry = put(type, { resource_type_opt_in_preference: { RDS: false } });
    expect(readOne(entry)).toMatchObject({ class: 'disarm', steps: [] });
  });

  it.each(['aws_kms_alias', 'aws_rds_shard_group', 'aws_cloudformation_stack', 'aws_vpc', 'aws_backup_plan'])(
    '%s is none of those',
    (type) => {
      expect(readOne(put(type, {}))).toMatchObject({ class: 'create', steps: [] });
    },
  );
});

describe('which entries count', () => {
  it('data sources are left out', () => {
    const entries = [anEntry({ mode: 'data', actions: ['read'] }), anEntry({ mode: 'data', actions: ['delete'] })];
    expect(read(aPlan(entries)).changes).toEqual([]);
  });

  it('a mode that nobody knows is judged like a managed one', () => {
    expect(readOne(anEntry({ mode: 'ephemeral' })).class).toBe('destroy');
  });

  it('a deposed object counts next to the current one of the same address', () => {
    const deposed = anEntry({ deposed: 'deadbeef', before: anInstance({ resource_id: 'db-OLD' }) });
    const intent = read(aPlan([anEntry({ actions: ['no-op'], after: anInstance() }), deposed]));
    expect(intent.changes.map(({ address, class: name }) => [address, name])).toEqual([
      ['aws_db_instance.orders', 'none'],
      ['aws_db_instance.orders (deposed deadbeef)', 'destroy'],
    ]);
    expect(intent.actions).toMatchObject([{ target: { resourceId: 'db-OLD' } }]);
  });

  it('a deferred deletion counts', () => {
    const intent = read(
      aPlan([], { deferred_changes: [{ reason: 'provider_config_unknown', resource_change: anEntry() }] }),
    );
    expect(intent.changes).toMatchObject([{ class: 'destroy' }]);
    expect(intent.actions).toMatchObject([{ kind: 'delete_db_instance' }]);
  });

  it('the address and the words of an entry are kept as the document has them', () => {
    const address = 'module.db["a.b"].aws_db_instance.orders[0]';
    expect(readOne({ ...anEntry({ actions: ['delete', 'create'] }), address })).toMatchObject({
      address,
      actions: ['delete', 'create'],
    });
  });
});

describe('a deletion whose subject the plan does not name', () => {
  it.each([null, {}, { id: 'db-ORDERS' }, { identifier: '' }])(
    'before %j is a destruction nobody understands',
    (before) => {
      const change = readOne(anEntry({ before }));
      expect(change.class).toBe('destroy');
      expect(kindsOf(change)).toEqual(['opaque']);
    },
  );
});

describe('the scope of a plan', () => {
  const elsewhere = anInstance({ arn: 'arn:aws:rds:eu-central-1:123456789012:db:orders' });

  it('is the account and region that all ARNs agree on', () => {
    const cluster = anEntry({ address: 'aws_rds_cluster.events', before: aCluster() });
    expect(read(aPlan([anEntry(), cluster])).scope).toEqual({ accountId: '123456789012', region: 'eu-west-1' });
  });

  it('is unknown when two ARNs disagree', () => {
    const other = anEntry({ address: 'aws_db_instance.b', before: elsewhere });
    expect(read(aPlan([anEntry(), other])).scope).toBeNull();
  });

  it('counts what is modified', () => {
    const other = anEntry({ address: 'aws_db_instance.b', actions: ['update'], before: elsewhere, after: elsewhere });
    expect(read(aPlan([anEntry(), other])).scope).toBeNull();
  });

  it('leaves out what is left alone', () => {
    const other = anEntry({ address: 'aws_db_instance.b', actions: ['no-op'], before: elsewhere, after: elsewhere });
    expect(read(aPlan([anEntry(), other])).scope).toEqual({ accountId: '123456789012', region: 'eu-west-1' });
  });

  it.each([undefined, 'orders', 'arn:aws:rds:::db:orders', 'arn:aws:rds::123456789012:db:orders'])(
    'is unknown with the ARN %s',
    (arn) => {
      expect(read(aPlan([anEntry({ before: anInstance({ arn }) })])).scope).toBeNull();
    },
  );
});
