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

  it('keeps everything but a data source, and what a type without a row claims is not known', () => {
    const resources = ['managed', 'Data', ''].map((mode) => aResource('aws_vpc.x', { id: 'CANARY' }, {}, { mode }));
    const claim = { address: 'aws_vpc.x', type: 'aws_vpc', deposed: null, tainted: false };
    expect(stateOf(aState(resources)).instances).toEqual(
      Array(3).fill({ ...claim, target: null, isDatabase: false, listed: null }),
    );
  });

  it('may leave out what it does not know, or say null', () => {
    const untold = { module: null, instances: undefined };
    const unsaid = { index_key: null, status: null, deposed: null };
    const { version, serial, lineage, resources } = aState([
      aResource('aws_vpc.none', {}, {}, untold),
      aResource('aws_vpc.a', {}, unsaid),
      aResource('aws_vpc.b', {}, { deposed: '', status: 'ok' }),
    ]);
    expect(stateOf({ version, serial, lineage })).toEqual({
      lineage,
      serial,
      terraformVersion: null,
      instances: [],
    });
    expect(stateOf({ version, serial, lineage, resources, terraform_version: null })).toMatchObject({
      terraformVersion: null,
      instances: [
        { address: 'aws_vpc.a', deposed: null, tainted: false },
        { address: 'aws_vpc.b', deposed: null, tainted: false },
      ],
    });
  });

  // Terraform prints such a key as Go does: what is no letter, mark, number, sign or plain blank goes by its code.
  it.each([
    ['\u00a0', '\\u00a0'],
    ['\u200b', '\\u200b'],
    ['\ue000', '\\ue000'],
    ['\u{e0001}', '\\U000e0001'],
    ['\r\n', '\\r\\n'],
    ['e\u0301 7 $%', 'e\u0301 7 $%'],
    ['\u{1f600}+€', '\u{1f600}+€'],
  ])('prints the key %j as %j', (index_key, printed) => {
    const [instance] = stateOf(aState([aResource('aws_vpc.x', {}, { index_key })])).instances;
    expect(instance?.address).toBe(`aws_vpc.x["${printed}"]`);
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

const EXPECTED = 'expected the JSON that terraform state pull prints';

describe('what is no state', () => {
  it.each([
    ['nothing', '', 'empty: there is no state'],
    ['blanks', ' \n', 'empty: there is no state'],
    ['an object without members', '{}', 'an object without members: there is no state'],
  ])('%s means that there is none', (_, text, says) => {
    const { code, message } = refusalOf(text);
    expect({ code, message }).toEqual({ code: 'MUSTER_STATE_EMPTY', message: `state.json: ${says}` });
  });

  it.each([
    ['prose', 'No state.', `not JSON; ${EXPECTED}`],
    ['a state cut short', '{"version":4,', `JSON that ends early, after 13 bytes; ${EXPECTED}, whole`],
    ['a list', '[4]', `JSON, but not an object; ${EXPECTED}`],
    ['a saved plan', 'PK\u0003\u0004', 'a saved plan file (zip), not a state; pass it as --plan-file'],
    ['a plan', JSON.stringify(aPlan([])), `a plan, not its state; ${EXPECTED}`],
    ['a plan without values', '{"format_version":"1.2","resource_changes":[]}', `a plan, not its state; ${EXPECTED}`],
    [
      'the rendering of a state',
      '{"format_version":"1.0","values":{}}',
      `the rendering of terraform show -json, which has no lineage; ${EXPECTED}`,
    ],
    [
      'the settings of a backend',
      '{"version":3,"backend":{"type":"s3","config":{"secret_key":"CANARY"},"hash":1}}',
      `the settings of a backend (.terraform/terraform.tfstate), which hold no resources; ${EXPECTED}`,
    ],
    [
      'a state of version 3',
      '{"version":3,"serial":1,"lineage":"x","modules":[]}',
      `a state of version 3; accepted is version 4; ${EXPECTED}`,
    ],
    ['a state of version 5', '{"version":5,"serial":1}', `a state of version 5; accepted is version 4; ${EXPECTED}`],
    ['a version in words', '{"version":"4","serial":1}', `no state: it has no version 4; ${EXPECTED}`],
    ['something else', '{"a":"CANARY"}', `no state: it has no version 4; ${EXPECTED}`],
  ])('%s is refused as what it is', (_, text, says) => {
    const { code, message } = refusalOf(text);
    expect({ code, message }).toEqual({ code: 'MUSTER_STATE_NOT_STATE', message: `state.json: ${says}` });
  });

  it('a version 4 without a serial is refused, whatever else it has', () => {
    expect(refusalOf('{"version":4,"lineage":"x","resources":[]}').code).toBe('MUSTER_STATE_NOT_STATE');
  });

  it('a state that OpenTofu encrypted is refused as that, though it says its version', () => {
    const text =
      '{"version":4,"serial":3,"lineage":"x","meta":{"key":"CANARY"},"encrypted_data":"CANARY","encryption_version":"v0"}';
    const { code, message } = refusalOf(text);
    expect({ code, message }).toEqual({
      code: 'MUSTER_STATE_ENCRYPTED',
      message: 'state.json: a state that OpenTofu encrypted; Muster holds no key',
    });
  });

  const FORM = 'printable text of the documented form';
  const resource = (instance: object, more: object = {}) => aState([aResource('aws_vpc.x', {}, instance, more)]);

  it.each([
    ['serial', aState([], { serial: 'CANARY' }), 'number'],
    ['serial', aState([], { serial: 1.5 }), 'int'],
    ['serial', aState([], { serial: -1 }), FORM],
    ['lineage', aState([], { lineage: 7 }), 'string'],
    ['lineage', aState([], { lineage: 'x'.repeat(201) }), FORM],
    ['terraform_version', aState([], { terraform_version: 1.11 }), 'string'],
    ['resources', aState([], { resources: {} }), 'array'],
    ['resources[0]', aState(['CANARY']), 'object'],
    ['resources[0].mode', resource({}, { mode: null }), 'string'],
    ['resources[0].type', aState([aResource('CANARY type.x', {})]), FORM],
    ['resources[0].type', aState([aResource('9aws.x', {})]), FORM],
    ['resources[0].type', aState([aResource('aws_vpc!.x', {})]), FORM],
    ['resources[0].name', resource({}, { name: 'a\u0007' }), FORM],
    ['resources[0].name', resource({}, { name: '' }), FORM],
    ['resources[0].module', resource({}, { module: 'module.\u001b[2J' }), FORM],
    ['resources[0].module', resource({}, { module: '' }), FORM],
    ['resources[0].instances', resource({}, { instances: {} }), 'array'],
    ['resources[0].instances[0].index_key', resource({ index_key: ['CANARY'] }), FORM],
    ['resources[0].instances[0].status', resource({ status: 1 }), 'string'],
    ['resources[0].instances[0].deposed', resource({ deposed: true }), 'string'],
    [
      'resources[0].instances[0].attributes.arn',
      aState([aResource('aws_db_instance.x', { arn: { a: 'CANARY' } })]),
      'text or null',
    ],
    ['resources[0].instances[0].attributes', aState([aResource('aws_db_instance.x', 'CANARY')]), 'an object or null'],
    [
      'resources[1].instances[1].attributes.identifier',
      aState([
        aResource('aws_vpc.x', 'CANARY', {}, { mode: 'data' }),
        aResource('aws_db_instance.x', {}, {}, { instances: [{}, { attributes: { identifier: 7 } }] }),
      ]),
      'text or null',
    ],
  ])('a state with a broken %s is refused by its path, and nothing of it is quoted', (path, state, expected) => {
    const { code, message } = refusal(() => stateOf(state));
    expect({ code, message }).toEqual({
      code: 'MUSTER_STATE_SHAPE',
      message: `state.json: ${path}: expected ${expected}`,
    });
  });

  it('a serial of 0 and a lineage of 200 characters are still taken', () => {
    const lineage = 'x'.repeat(200);
    expect(stateOf(aState([], { serial: 0, lineage }))).toMatchObject({ serial: 0, lineage });
  });

  it('a key given twice is refused, since readers differ on which counts', () => {
    expect(refusalOf('{"version":4,"serial":1,"serial":2,"lineage":"x"}').code).toBe('MUSTER_STATE_SHAPE');
  });
});
