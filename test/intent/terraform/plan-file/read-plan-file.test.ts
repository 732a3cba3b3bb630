/** Saved plans of Terraform 1.11.4, held against the JSON that was rendered from them. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPlanFile } from '../../../../src/intent/terraform/plan-file/read-plan-file.ts';
import { openArchive } from '../../../../src/intent/terraform/plan-file/zip.ts';
import { aResource, aState, LINEAGE, readWith, recordedBytes, refusal } from '../state/support.ts';
import { aZip } from './zip-builder.ts';

const planOf = (name: string) => JSON.parse(recordedBytes(`${name}.plan.json`).toString());
const stateOf = (name: string) => JSON.parse(recordedBytes(`${name}.tfstate.json`).toString());
const fileOf = (name: string) => recordedBytes(`${name}.tfplan`);
const RECORDED = ['class-change', 'shared-backend-destroy', 'shared-backend-forget'];
const details = (plan: unknown, planFile: Uint8Array, state?: unknown) =>
  readWith(plan, { planFile, ...(state !== undefined && { state }) }).signals.flatMap(({ code, detail }) =>
    code === 'state_mismatch' ? [detail] : [],
  );

describe('a saved plan', () => {
  it.each(RECORDED)('%s belongs to the JSON that was rendered from it and to its state', (name) => {
    const intent = readWith(planOf(name), { planFile: fileOf(name), state: stateOf(name) });
    expect(intent.signals.map(({ code }) => code)).not.toContain('state_mismatch');
    expect(intent.planFile).toEqual({
      digest: `sha256:${createHash('sha256').update(fileOf(name)).digest('hex')}`,
      compared: true,
      contradictions: [],
    });
  });

  it('shows the state it was made from, when no other is shown', () => {
    expect(readWith(planOf('shared-backend-forget'), { planFile: fileOf('shared-backend-forget') }).state).toEqual({
      lineage: LINEAGE,
      serial: 13,
      backend: 'http',
      databases: ['db-ORDERSRESOURCEID0000000AA'],
      forgets: ['db-ORDERSRESOURCEID0000000AA'],
    });
  });

  it('shows whether its state lies in a file on one machine', () => {
    const codes = (name: string) => readWith(planOf(name), { planFile: fileOf(name) }).signals.map(({ code }) => code);
    expect(codes('class-change')).toEqual(['local_backend']);
    expect(codes('shared-backend-forget')).toEqual([]);
  });

  it('passes on no secret of those it holds', () => {
    const intent = readWith(planOf('shared-backend-destroy'), { planFile: fileOf('shared-backend-destroy') });
    const inside = openArchive(fileOf('shared-backend-destroy'), 'p');
    expect(inside.names.map((name) => inside.member(name)?.toString('latin1')).join()).toContain('CANARY');
    expect(JSON.stringify(intent)).not.toContain('CANARY');
  });
});

describe('the inside of a saved plan', () => {
  it('says when it was made, with what, where its state is kept and what it does', () => {
    expect(readPlanFile(fileOf('shared-backend-destroy'), 'p').plan).toEqual({
      terraformVersion: '1.11.4',
      timestamp: planOf('shared-backend-destroy').timestamp,
      backend: 'http',
      changes: [{ address: 'aws_db_instance.orders', deposed: null, words: ['delete'] }],
      invocationCount: 0,
    });
  });
});

describe('a JSON that is not of the saved plan', () => {
  const plan = planOf('shared-backend-destroy');
  const file = fileOf('shared-backend-destroy');
  const withActions = (actions: string[]) => {
    const [entry] = plan.resource_changes;
    return { ...plan, resource_changes: [{ ...entry, change: { ...entry.change, actions } }] };
  };

  it('is told when it leaves a deletion out', () => {
    const said = ['the plan file does other things than the JSON to aws_db_instance.orders'];
    expect(details({ ...plan, resource_changes: [] }, file)).toEqual(said);
    expect(details(withActions(['no-op']), file)).toEqual(said);
    expect(details(withActions(['forget']), file)).toEqual(said);
  });

  it('is told when it adds one', () => {
    const extra = { ...plan.resource_changes[0], address: 'aws_db_instance.more' };
    const found = details({ ...plan, resource_changes: [...plan.resource_changes, extra] }, file);
    expect(found).toEqual(['the plan file does other things than the JSON to aws_db_instance.more']);
  });

  it('may say of itself what changes nothing, and hides no data source', () => {
    const entry = plan.resource_changes[0];
    const vpc = (address: string, action: string) => ({
      ...entry,
      address,
      type: 'aws_vpc',
      change: { ...entry.change, actions: [action] },
    });
    const idle = vpc('module.m["a.b"].aws_vpc.a[0]', 'no-op');
    const data = { ...vpc('data.aws_vpc.a', 'read'), mode: 'data' };
    expect(details({ ...plan, resource_changes: [entry, idle, data] }, file)).toEqual([]);
  });

  it('is told by its moment and by its version', () => {
    expect(details({ ...plan, timestamp: '2026-01-01T00:00:00Z' }, file)).toEqual([
      expect.stringContaining('another moment'),
    ]);
    expect(details({ ...plan, terraform_version: '1.9.0' }, file)).toEqual([
      expect.stringContaining('different versions'),
    ]);
    expect(details({ ...plan, timestamp: undefined, terraform_version: undefined }, file)).toEqual([]);
  });

  it('is told of another plan, and every contradiction is kept with the plan file', () => {
    const intent = readWith(plan, { planFile: fileOf('shared-backend-forget') });
    expect(intent.planFile?.contradictions).toHaveLength(2);
    expect(intent.signals.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([...(intent.planFile?.contradictions ?? [])]),
    );
  });
});

/** A field of a message that holds bytes. */
const field = (number: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >> 7)]);
const change = (address: string, ...actions: Uint8Array[]) =>
  field(3, Buffer.concat([field(13, Buffer.from(address)), ...actions.map((action) => field(9, action))]));

describe('a saved plan that is built field by field', () => {
  const FORMAT_3 = Buffer.from([0x08, 0x03]);
  const built = (...parts: Uint8Array[]) =>
    aZip([
      { name: 'tfplan', data: Buffer.concat([FORMAT_3, ...parts]) },
      { name: 'tfstate', data: JSON.stringify(aState()) },
    ]);

  it('may hold nothing but its format', () => {
    expect(readPlanFile(built(), 'p').plan).toEqual({
      terraformVersion: null,
      timestamp: null,
      backend: null,
      changes: [],
      invocationCount: 0,
    });
  });

  // The numbers are those of plans.Action on the wire; 4 was never one of them.
  it.each([
    [0, ['no-op']],
    [1, ['create']],
    [2, ['read']],
    [3, ['update']],
    [4, null],
    [5, ['delete']],
    [6, ['create', 'delete']],
    [7, ['create', 'delete']],
    [8, ['forget']],
    [9, ['create', 'forget']],
    [10, null],
  ])('names action %d %j', (number, words) => {
    const { plan } = readPlanFile(built(change('aws_vpc.a', Buffer.from([0x08, number]))), 'p');
    expect(plan?.changes).toEqual([{ address: 'aws_vpc.a', deposed: null, words }]);
  });

  it('tells an old copy by its key, and an object without an action or an address for what it is', () => {
    const copy = field(3, Buffer.concat([field(13, Buffer.from('aws_vpc.a')), field(7, Buffer.from('deadbeef'))]));
    const current = field(3, Buffer.concat([field(13, Buffer.from('aws_vpc.b')), field(7, Buffer.from(''))]));
    expect(readPlanFile(built(copy, current, field(3, Buffer.alloc(0))), 'p').plan?.changes).toEqual([
      { address: 'aws_vpc.a', deposed: 'deadbeef', words: ['no-op'] },
      { address: 'aws_vpc.b', deposed: null, words: ['no-op'] },
      { address: '', deposed: null, words: ['no-op'] },
    ]);
  });

  it('counts each action of a provider', () => {
    const more = [field(30, Buffer.from('')), field(30, Buffer.from(''))];
    expect(readPlanFile(built(...more), 'p').plan?.invocationCount).toBe(2);
  });
});

describe('a saved plan with more in it than its JSON', () => {
  const name = 'shared-backend-destroy';
  const inside = openArchive(fileOf(name), 'p');
  const withMore = (...more: Uint8Array[]) =>
    aZip([
      { name: 'tfplan', data: Buffer.concat([inside.member('tfplan') ?? Buffer.alloc(0), ...more]) },
      { name: 'tfstate', data: inside.member('tfstate') ?? '' },
    ]);
  const nothing = Buffer.alloc(0);
  const deletes = Buffer.from([0x08, 0x05]);

  it('is told of a deletion that a second half of one change adds', () => {
    expect(details(planOf(name), withMore(change('aws_db_instance.b', nothing)))).toEqual([]);
    expect(details(planOf(name), withMore(change('aws_db_instance.b', nothing, deletes)))).toEqual([
      'the plan file does other things than the JSON to aws_db_instance.b',
    ]);
  });

  it('is told of an action that nobody here knows, and of a second change of one object', () => {
    const said = ['the plan file does other things than the JSON to aws_db_instance.b'];
    expect(details(planOf(name), withMore(change('aws_db_instance.b', Buffer.from([0x08, 0x63]))))).toEqual(said);
    const twice = [change('aws_db_instance.b', deletes), change('aws_db_instance.b', nothing)];
    expect(details(planOf(name), withMore(...twice))).toEqual(said);
    expect(details(planOf(name), withMore(change('ephemeral.x_token.b', Buffer.from([0x08, 0x63]))))).toEqual([]);
  });

  it('is told of actions of providers that the JSON leaves out', () => {
    expect(details(planOf(name), withMore(field(30, field(1, Buffer.from('aws_lambda_invoke.x')))))).toEqual([
      'the plan file runs other actions of providers than the JSON',
    ]);
  });
});

describe('a JSON whose values were edited', () => {
  const name = 'shared-backend-destroy';
  const edited = (values: object) => {
    const plan = planOf(name);
    Object.assign(plan.resource_changes[0].change.before, values);
    return details(plan, fileOf(name));
  };

  it.each([
    ['a final snapshot that is not taken', { skip_final_snapshot: false, final_snapshot_identifier: 'last' }],
    ['automated backups that are not kept', { delete_automated_backups: false }],
    ['another database', { identifier: 'scratch', arn: 'arn:aws:rds:eu-west-1:123456789012:db:scratch' }],
    ['another id', { resource_id: 'db-SCRATCH' }],
  ])('is told when they promise %s', (_, values) => {
    expect(edited(values)).toEqual(["the JSON has other values than the plan file's state of aws_db_instance.orders"]);
  });

  it('is told though an entry says that it is an import', () => {
    const [entry] = planOf(name).resource_changes;
    const before = { ...entry.change.before, skip_final_snapshot: false, final_snapshot_identifier: 'last' };
    const forged = { ...entry, change: { ...entry.change, before, importing: { id: 'orders' } } };
    expect(details({ ...planOf(name), resource_changes: [forged] }, fileOf(name))).toEqual([
      "the JSON has other values than the plan file's state of aws_db_instance.orders",
    ]);
  });

  it('is told when it calls a database something else', () => {
    const [entry] = planOf(name).resource_changes;
    const forged = { ...entry, type: 'aws_vpc' };
    expect(details({ ...planOf(name), resource_changes: [forged] }, fileOf(name))).toEqual([
      'the JSON gives another type than its address to aws_db_instance.orders',
    ]);
  });

  it('is told when it deletes what the state does not hold', () => {
    const inside = openArchive(fileOf(name), 'p');
    const emptied = JSON.stringify({ ...stateOf(name), resources: [] });
    const file = aZip([
      { name: 'tfplan', data: inside.member('tfplan') ?? '' },
      { name: 'tfstate', data: emptied },
    ]);
    expect(details(planOf(name), file).join()).toContain("other values than the plan file's state");
  });
});

describe('a state that is not the one of the saved plan', () => {
  const name = 'shared-backend-destroy';

  it.each([
    ['another version', { serial: 13 }, 'another version of this state'],
    ['another history', { lineage: 'other' }, 'another state'],
  ])('%s is told', (_, parts, says) => {
    const state = { ...stateOf(name), ...parts };
    expect(details(planOf(name), fileOf(name), state)).toEqual([expect.stringContaining(says)]);
  });

  it('is told though the plan file had none at all', () => {
    const inside = openArchive(fileOf(name), 'p');
    const bare = aZip([
      { name: 'tfplan', data: inside.member('tfplan') ?? '' },
      { name: 'tfstate', data: JSON.stringify(aState([], { serial: 0, lineage: '' })) },
    ]);
    expect(details(planOf(name), bare, stateOf(name))).toContainEqual(
      expect.stringContaining('made from another state: none'),
    );
    expect(readWith(planOf(name), { planFile: bare }).state).toBeUndefined();
  });
});

describe('a saved plan of a later format', () => {
  it('keeps its digest and its state, and says that nothing else was compared', () => {
    const bytes = aZip([
      { name: 'tfplan', data: Buffer.from([0x08, 0x04]) },
      { name: 'tfstate', data: JSON.stringify(aState([aResource('aws_db_instance.a', {})])) },
    ]);
    expect(readPlanFile(bytes, 'p')).toMatchObject({ plan: null, state: { serial: 12 } });
    expect(readWith(planOf('class-change'), { planFile: bytes }).planFile).toMatchObject({ compared: false });
  });
});

describe('what is no saved plan', () => {
  const JSON_OF_A_PLAN = 'the JSON of a plan, not the saved plan that it was rendered from';

  it.each([
    ['nothing', '', 'empty'],
    ['prose', 'terraform plan', 'no saved plan, which is a zip archive'],
    ['prose about archives', 'PK', 'no saved plan, which is a zip archive'],
    ['the JSON of a plan', '{"format_version":"1.2"}', JSON_OF_A_PLAN],
    ['the JSON of a plan without its version', ' \n{"resource_changes":[]}', JSON_OF_A_PLAN],
    [
      'a run in HCP Terraform',
      '{"remote_plan_format":1,"run_id":"run-1","hostname":"app.terraform.io"}',
      'a bookmark of a run in HCP Terraform, which holds no plan',
    ],
    ['other JSON', '{"a":"CANARY"}', 'JSON, not a saved plan'],
  ])('%s is refused as what it is', (_, text, says) => {
    const { code, message } = refusal(() => readPlanFile(Buffer.from(text), 'p.tfplan'));
    expect({ code, message }).toEqual({ code: 'MUSTER_PLAN_FILE_INVALID', message: `p.tfplan: ${says}` });
  });

  it.each([
    '{"meta":{},"encrypted_data":"CANARY","encryption_version":"v0"}',
    '{"meta":{},"encrypted_data":"CANARY"}',
    '{"meta":{},"encryption_version":"v0"}',
  ])('a plan that OpenTofu encrypted is refused as that: %s', (text) => {
    const { code, message } = refusal(() => readPlanFile(Buffer.from(text), 'p'));
    expect({ code, message }).toEqual({
      code: 'MUSTER_STATE_ENCRYPTED',
      message: 'p: a saved plan that OpenTofu encrypted; Muster holds no key',
    });
  });

  const state = { name: 'tfstate', data: JSON.stringify(aState()) };
  const saved = (...bytes: number[]) => ({ name: 'tfplan', data: Buffer.from(bytes) });
  const NO_PLAN = 'a zip archive, but no saved plan: it has no tfplan or no tfstate';

  it.each([
    ['another archive', [{ name: 'a', data: 'x' }], NO_PLAN],
    ['an archive without a state', [saved(0x08, 0x03)], NO_PLAN],
    ['an archive without a plan', [state], NO_PLAN],
    ['a plan that is no message', [saved(0x07), state], 'its member tfplan is no message'],
    ['a damaged change', [saved(0x08, 0x03, 0x1a, 0x01, 0x07), state], 'its member tfplan is damaged'],
    ['a damaged action', [saved(0x08, 0x03, 0x1a, 0x03, 0x4a, 0x01, 0x07), state], 'its member tfplan is damaged'],
    ['a damaged backend', [saved(0x08, 0x03, 0x6a, 0x01, 0x07), state], 'its member tfplan is damaged'],
  ])('%s is refused', (_, members, says) => {
    const { code, message } = refusal(() => readPlanFile(aZip(members), 'p'));
    expect({ code, message }).toEqual({ code: 'MUSTER_PLAN_FILE_INVALID', message: `p: ${says}` });
  });

  it('a state that is none is refused as one, and named by its place', () => {
    const members = [saved(0x08, 0x03), { name: 'tfstate', data: '{"a":1}' }];
    expect(refusal(() => readPlanFile(aZip(members), 'p'))).toMatchObject({
      code: 'MUSTER_STATE_NOT_STATE',
      message: expect.stringMatching(/^p \(tfstate\): no state: it has no version 4;/),
    });
  });
});
