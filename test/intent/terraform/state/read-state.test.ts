/** State files: what they claim, under which address, and what else may be handed in for one. */

import { describe, expect, it } from 'vitest';
import { readState } from '../../../../src/intent/terraform/state/read-state.ts';
import { aCluster, anInstance, aPlan } from '../../../support/terraform-plan.ts';
import { aResource, aState, LINEAGE, recordedBytes, refusal, stateOf } from './support.ts';

const refusalOf = (text: string) => refusal(() => readState(text, 'state.json'));

describe('a state', () => {
  it('says which one it is, and what it claims by id', () => {
    const state = stateOf(aState([aResource('aws_db_instance.orders', anInstance())]));
    expect(state).toEqual({
      lineage: LINEAGE,
      serial: 12,
      terraformVersion: '1.11.4',
      instances: [
        {
          address: 'aws_db_instance.orders',
          type: 'aws_db_instance',
          deposed: null,
          tainted: false,
          isDatabase: true,
          listed: expect.stringContaining('["deletion_protection",true]'),
          target: {
            arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders',
            resourceId: 'db-ORDERS',
            identifier: 'orders',
            scope: { accountId: '123456789012', region: 'eu-west-1' },
          },
        },
      ],
    });
  });

  it('claims a cluster, and no data source', () => {
    const { instances } = stateOf(
      aState([
        aResource('aws_rds_cluster.events', aCluster()),
        aResource('aws_db_instance.seen', anInstance(), {}, { mode: 'data' }),
        aResource('aws_vpc.main', { id: 'vpc-1' }),
      ]),
    );
    expect(instances.map(({ address, isDatabase }) => [address, isDatabase])).toEqual([
      ['aws_rds_cluster.events', true],
      ['aws_vpc.main', false],
    ]);
  });

  it('tells old copies and damaged objects from the others', () => {
    const { instances } = stateOf(
      aState([
        aResource('aws_db_instance.a', anInstance(), { deposed: 'deadbeef' }),
        aResource('aws_db_instance.b', anInstance(), { status: 'tainted' }),
      ]),
    );
    expect(instances).toMatchObject([
      { deposed: 'deadbeef', tainted: false },
      { deposed: null, tainted: true },
    ]);
  });

  // Each printed by Terraform 1.11.4 for that key.
  it.each([
    [null, null, 'aws_vpc.x'],
    [null, 0, 'aws_vpc.x[0]'],
    [null, 'b c', 'aws_vpc.x["b c"]'],
    [null, 'q"u', 'aws_vpc.x["q\\"u"]'],
    [null, 'x\u0024{y}', 'aws_vpc.x["x$\u0024{y}"]'],
    [null, 'p%{z', 'aws_vpc.x["p%%{z"]'],
    [null, 'ü\t\\b', 'aws_vpc.x["ü\\t\\\\b"]'],
    [null, '\u0007', 'aws_vpc.x["\\u0007"]'],
    ['module.m["a"].module.n[1]', 'k', 'module.m["a"].module.n[1].aws_vpc.x["k"]'],
  ])('in module %j under key %j has the address %s', (module, index_key, address) => {
    const resource = aResource('aws_vpc.x', {}, { index_key }, module === null ? {} : { module });
    expect(stateOf(aState([resource])).instances[0]?.address).toBe(address);
  });

  it('may hold objects without attributes, and nothing at all', () => {
    expect(stateOf(aState([aResource('aws_db_instance.a', undefined)])).instances).toMatchObject([{ target: null }]);
    expect(stateOf(aState([])).instances).toEqual([]);
    expect(stateOf(aState([], { resources: null })).instances).toEqual([]);
  });

  it('passes on no secret of those it holds', () => {
    const text = recordedBytes('class-change.tfstate.json').toString();
    expect(text).toContain('CANARY');
    expect(JSON.stringify(readState(text, 's'))).not.toContain('CANARY');
  });
});

describe('what is no state', () => {
  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['an object without members', '{}'],
  ])('%s means that there is none', (_, text) => {
    expect(refusalOf(text)).toMatchObject({ code: 'MUSTER_STATE_EMPTY', message: expect.stringContaining('no state') });
  });

  it.each([
    ['prose', 'No state.', 'not JSON'],
    ['a state cut short', JSON.stringify(aState()).slice(0, 60), 'ends early'],
    ['a saved plan', 'PK\u0003\u0004', '--plan-file'],
    ['a plan', JSON.stringify(aPlan([])), 'a plan'],
    ['the rendering of a state', '{"format_version":"1.0","values":{}}', 'no lineage'],
    [
      'the settings of a backend',
      '{"version":3,"backend":{"type":"s3","config":{"secret_key":"CANARY"},"hash":1}}',
      'settings of a backend',
    ],
    ['a state of version 3', '{"version":3,"serial":1,"lineage":"x","modules":[]}', 'version 3'],
    ['something else', '{"a":"CANARY"}', 'version 4'],
  ])('%s is refused as what it is', (_, text, says) => {
    const error = refusalOf(text);
    expect(error).toMatchObject({ code: 'MUSTER_STATE_NOT_STATE', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('CANARY');
  });

  it('a state that OpenTofu encrypted is refused as that', () => {
    const text =
      '{"serial":3,"lineage":"x","meta":{"key":"CANARY"},"encrypted_data":"CANARY","encryption_version":"v0"}';
    expect(refusalOf(text)).toMatchObject({ code: 'MUSTER_STATE_ENCRYPTED' });
    expect(refusalOf(text).message).not.toContain('CANARY');
  });

  it.each([
    ['serial', aState([], { serial: 'CANARY' })],
    ['lineage', aState([], { lineage: 7 })],
    ['resources[0].type', aState([aResource('CANARY type.x', {})])],
    ['resources[0].instances[0].attributes.arn', aState([aResource('aws_db_instance.x', { arn: { a: 'CANARY' } })])],
    ['resources[0].instances[0].attributes', aState([aResource('aws_db_instance.x', 'CANARY')])],
  ])('a state with a broken %s is refused by its path, and nothing of it is quoted', (path, state) => {
    const error = refusal(() => stateOf(state));
    expect(error).toMatchObject({
      code: 'MUSTER_STATE_SHAPE',
      message: expect.stringContaining(`state.json: ${path}: expected`),
    });
    expect(error.message).not.toContain('CANARY');
  });

  it('a key given twice is refused, since readers differ on which counts', () => {
    expect(refusalOf('{"version":4,"serial":1,"serial":2,"lineage":"x"}').code).toBe('MUSTER_STATE_SHAPE');
  });
});
