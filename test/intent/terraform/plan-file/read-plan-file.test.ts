/** Saved plans of Terraform 1.11.4, held against the JSON that was rendered from them. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPlanFile } from '../../../../src/intent/terraform/plan-file/read-plan-file.ts';
import { readMessage } from '../../../../src/intent/terraform/plan-file/wire.ts';
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
    const idle = { ...entry, address: 'aws_vpc.a', change: { ...entry.change, actions: ['no-op'] } };
    const data = { ...entry, address: 'data.aws_vpc.a', mode: 'data', change: { ...entry.change, actions: ['read'] } };
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

describe('a saved plan with more in it than its JSON', () => {
  const name = 'shared-backend-destroy';
  const inside = openArchive(fileOf(name), 'p');
  const field = (number: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >> 7)]);
  const change = (address: string, ...actions: Uint8Array[]) =>
    field(3, Buffer.concat([field(13, Buffer.from(address)), ...actions.map((action) => field(9, action))]));
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
  it.each([
    ['nothing', '', 'empty'],
    ['prose', 'terraform plan', 'no saved plan'],
    ['the JSON of a plan', '{"format_version":"1.2"}', 'the JSON of a plan'],
    ['a run in HCP Terraform', '{"remote_plan_format":1,"run_id":"run-1","hostname":"app.terraform.io"}', 'bookmark'],
    ['other JSON', '{"a":"CANARY"}', 'not a saved plan'],
  ])('%s is refused as what it is', (_, text, says) => {
    const error = refusal(() => readPlanFile(Buffer.from(text), 'p.tfplan'));
    expect(error).toMatchObject({ code: 'MUSTER_PLAN_FILE_INVALID', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('CANARY');
  });

  it('a plan that OpenTofu encrypted is refused as that', () => {
    const text = '{"meta":{},"encrypted_data":"CANARY","encryption_version":"v0"}';
    expect(refusal(() => readPlanFile(Buffer.from(text), 'p'))).toMatchObject({ code: 'MUSTER_STATE_ENCRYPTED' });
  });

  it.each([
    ['another archive', [{ name: 'a', data: 'x' }]],
    ['an archive without a state', [{ name: 'tfplan', data: Buffer.from([0x08, 0x03]) }]],
    [
      'a plan that is no message',
      [
        { name: 'tfplan', data: Buffer.from([0x07]) },
        { name: 'tfstate', data: '{}' },
      ],
    ],
    [
      'a damaged change',
      [
        { name: 'tfplan', data: Buffer.from([0x08, 0x03, 0x1a, 0x01, 0x07]) },
        { name: 'tfstate', data: JSON.stringify(aState()) },
      ],
    ],
  ])('%s is refused', (_, members) => {
    expect(refusal(() => readPlanFile(aZip(members), 'p')).code).toBe('MUSTER_PLAN_FILE_INVALID');
  });
});

describe('a message', () => {
  it('gives its numbers and its parts by field, the last number counting', () => {
    const message = readMessage(Buffer.from([0x08, 0x96, 0x01, 0x08, 0x02, 0x12, 0x02, 0x68, 0x69, 0x12, 0x00]));
    expect(message?.number(1)).toBe(2);
    expect(message?.number(2)).toBeNull();
    expect(message?.parts(2).map((part) => Buffer.from(part).toString())).toEqual(['hi', '']);
    expect(message?.text(3)).toBeNull();
  });

  it('is stepped through over fixed numbers', () => {
    const message = readMessage(Buffer.from([0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 0x05]));
    expect(message?.number(3)).toBe(5);
  });

  it.each([
    ['a length beyond its end', [0x12, 0x05, 0x61]],
    ['a number without an end', [0x08, 0x80]],
    ['a number of eleven bytes', [0x08, ...Array<number>(11).fill(0x80), 0x01]],
    ['a group', [0x0b]],
    ['field zero', [0x02, 0x00]],
    ['a fixed number cut short', [0x0d, 1, 2]],
  ])('%s is none', (_, bytes) => {
    expect(readMessage(Buffer.from(bytes))).toBeNull();
  });
});
