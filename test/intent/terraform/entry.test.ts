/**
 * What the words of an entry amount to, read by membership.
 */

import { describe, expect, it } from 'vitest';
import { aCluster, anEntry, anInstance, aPlan } from '../../support/terraform-plan.ts';
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

  it('an attribute in use of the wrong kind is refused even where nothing happens', () => {
    const text = JSON.stringify(aPlan([anEntry({ actions: ['no-op'], before: { identifier: 7 } })]));
    expect(refusalOf(text)).toMatchObject({
      code: 'MUSTER_PLAN_SHAPE',
      message: expect.stringContaining('resource_changes[0].change.before.identifier: expected text'),
    });
  });

  it('a word nobody knows makes no destruction milder', () => {
    const change = readOne(anEntry({ actions: ['delete', 'obliterate'] }));
    expect(change.class).toBe('destroy');
    expect(kindsOf(change)).toEqual(['opaque', 'delete_db_instance']);
  });

  it('a word that does not read like one is not repeated', () => {
    expect(readOne(anEntry({ actions: ['CANARY-1'] })).actions).toEqual(['an unprintable action']);
  });

  it('an import changes nothing about what an entry does', () => {
    const importing = { id: 'orders' };
    expect(readOne(anEntry({ actions: ['no-op'], after: anInstance(), importing })).class).toBe('none');
    expect(readOne(anEntry({ actions: ['delete'], importing })).class).toBe('destroy');
  });
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
