/** The eight points of the checklist: when each passes, fails or stays open, and with which evidence. */

import { describe, expect, it } from 'vitest';
import type { Permit, PrincipalAuthority } from '../../src/authority/authority.ts';
import type { Action, ChangeClass } from '../../src/intent/action.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import type { Effect } from '../../src/survival/step.ts';
import { type ChecklistInput, checklistOf } from '../../src/verdict/checklist.ts';
import { decideChange, judgeNow } from '../../src/verdict/decide.ts';
import {
  CHECKPOINTS,
  type Checkpoint,
  type DatabaseView,
  type SurvivorView,
  type VerdictWord,
} from '../../src/verdict/document.ts';
import { reason } from '../../src/verdict/reason.ts';
import {
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aTarget,
  NOW,
  SCOPE,
  theDelete,
} from '../support/builders.ts';

const orders = aDatabase();
const FAR = { ...SCOPE, region: 'us-east-1' };
const inventory = anInventory({ databases: [orders], recoveryPoints: [aPoint(orders)] });
const judged = judgeNow({ inventory, policy: DEFAULT_POLICY, drills: [aDrill(orders)], at: NOW }, orders);
const [survivor] = judged.survivors as [SurvivorView];

const GUARDED = reason('refused_now', 'AWS would refuse it now', { source: 'deletion_protection_refuses' });
const NOTHING = reason('nothing_at_stake', 'this change concerns nothing');

/** One point of the checklist of a change that does nothing, but for the fields given. */
function point(name: Checkpoint, fields: Partial<ChecklistInput> = {}) {
  const { intent = anIntent([]) } = fields;
  const filled = checklistOf({
    intent,
    effects: intent.actions.map((action) => effectOf(action)),
    inventory: anInventory(),
    reasons: [],
    databases: [],
    authority: null,
    reach: [],
    namesEnvironments: false,
    stateKnownSince: null,
    logged: false,
    ...fields,
  });
  expect(filled.map((one) => one.point)).toEqual(CHECKPOINTS);
  const { result, evidence } = filled[CHECKPOINTS.indexOf(name)] as (typeof filled)[number];
  return { result, evidence };
}

/** What an action does that acts on nothing known, but for the fields given. */
function effectOf(action: Action, fields: Partial<Effect> = {}): Effect {
  return { action, outcome: 'applied', rule: null, databaseResourceId: null, ...fields };
}

function aView(identifier: string, fields: Partial<DatabaseView> = {}): DatabaseView {
  return { ...judged, identifier, ...fields };
}

describe('the environment', () => {
  it('is confirmed when the change says where it runs and that was read', () => {
    expect(point('environment_confirmed')).toEqual({
      result: 'pass',
      evidence: ['verified: account and region 123456789012/eu-west-1, by sts:GetCallerIdentity and ARNs'],
    });
  });

  it.each([
    ['what was read', [SCOPE, FAR], '123456789012/eu-west-1, 123456789012/us-east-1'],
    ['that nothing was read', [], 'nothing'],
  ])('stays open when the change does not say where it runs, and names %s', (_, scopes, read) => {
    const fields = { intent: anIntent([], { scope: null }), inventory: anInventory({ scopes }) };
    expect(point('environment_confirmed', fields)).toEqual({
      result: 'unknown',
      evidence: [`assumed: the change does not say where it runs; read was ${read}`],
    });
  });

  it('is contradicted by each place that the change reaches and that was not read, though its own was', () => {
    const far = { ...orders, ...FAR, arn: 'arn:aws:rds:us-east-1:123456789012:db:orders' };
    const intent = anIntent([{ kind: 'delete_db_snapshot', target: { ...aTarget(far), scope: FAR } }]);
    const question = { intent, inventory, policy: DEFAULT_POLICY, drills: [], at: NOW, logged: true };
    expect(decideChange(question).checklist[0]).toEqual({
      point: 'environment_confirmed',
      result: 'fail',
      evidence: ['contradicted: the change runs in 123456789012/us-east-1; read was 123456789012/eu-west-1'],
    });
  });
});

describe('protection and guardrails', () => {
  const kept = { skipFinalSnapshot: false, finalSnapshotId: 'last' };
  const snapshot: Action = { kind: 'delete_db_snapshot', target: aTarget({ arn: 'arn:s', identifier: 's' }) };

  it.each<[string, readonly Action[]]>([
    ['nothing is deleted', []],
    ['a final snapshot is made', [theDelete(orders, kept)]],
    ['the document is silent on a final snapshot', [theDelete(orders, { skipFinalSnapshot: null })]],
    ['only a snapshot is deleted', [snapshot]],
  ])('stay open when %s and no guard was seen', (_, actions) => {
    expect(point('protection_and_guardrails', { intent: anIntent(actions), reasons: [NOTHING] })).toEqual({
      result: 'unknown',
      evidence: ['assumed: prevent_destroy is not in a plan; no other guard was seen'],
    });
  });

  it('pass when AWS would refuse the deletion of every database', () => {
    const databases = [aView('orders', { reasons: [GUARDED] }), aView('users', { reasons: [GUARDED] })];
    expect(point('protection_and_guardrails', { databases, reasons: [NOTHING, GUARDED, GUARDED] })).toEqual({
      result: 'pass',
      evidence: ['verified: AWS would refuse it now'],
    });
  });

  it('stay open when a guard was seen on one database and none on another', () => {
    const databases = [aView('orders', { reasons: [GUARDED] }), aView('users')];
    expect(point('protection_and_guardrails', { databases, reasons: [GUARDED] })).toEqual({
      result: 'unknown',
      evidence: ['verified: AWS would refuse it now', 'assumed: no guard of users was seen'],
    });
  });

  it('stay open where AWS would refuse for a reason that nobody set as a guard', () => {
    const populated = reason('refused_now', 'it still has instances', { source: 'cluster_still_has_members' });
    expect(point('protection_and_guardrails', { reasons: [populated, NOTHING] })).toEqual({
      result: 'unknown',
      evidence: ['assumed: prevent_destroy is not in a plan; no other guard was seen'],
    });
  });

  it('fail when protection is weakened or a final snapshot is skipped, whatever guard was seen besides', () => {
    const intent = anIntent([snapshot, theDelete(aDatabase({ identifier: 'users' }), kept), theDelete(orders)]);
    const reasons = [GUARDED, NOTHING, reason('disarms', 'aws_db_instance.orders weakens protection')];
    expect(point('protection_and_guardrails', { intent, reasons })).toEqual({
      result: 'fail',
      evidence: [
        'contradicted: aws_db_instance.orders weakens protection',
        'contradicted: orders is deleted without a final snapshot',
        'verified: AWS would refuse it now',
      ],
    });
  });

  it('fail for a skipped final snapshot only of what may hold the last data', () => {
    const skipping = (fields: Partial<Effect>, databases: readonly DatabaseView[] = []) =>
      point('protection_and_guardrails', { effects: [effectOf(theDelete(orders), fields)], databases }).result;
    const { resourceId } = orders;
    expect(skipping({ databaseResourceId: resourceId }, [aView('orders')])).toBe('fail');
    expect(skipping({ databaseResourceId: null })).toBe('fail');
    // A replica whose source lives on is judged no further.
    expect(skipping({ databaseResourceId: 'db-REPLICA' }, [aView('orders')])).toBe('unknown');
    // A cluster's instance holds nothing: the volume does.
    const member = { databaseResourceId: resourceId, rule: 'member_deletion_keeps_volume' } as const;
    expect(skipping(member, [aView('orders')])).toBe('unknown');
  });

  it('name a weakened protection once, though the change and its database both carry the reason', () => {
    const step: Action = { kind: 'modify_db_instance', target: aTarget(orders), change: { deletionProtection: false } };
    const changes = [
      { address: 'aws_db_instance.orders', actions: ['update'], class: 'disarm', steps: [step] },
    ] as const;
    const intent = anIntent([step], { changes });
    const question = { intent, inventory, policy: DEFAULT_POLICY, drills: [], at: NOW, logged: true };
    const found = decideChange(question).checklist.find((one) => one.point === 'protection_and_guardrails');
    expect(found?.evidence).toEqual([
      'contradicted: aws_db_instance.orders weakens protection, so it is judged as if the deletion followed',
    ]);
  });
});

describe('backups and a tested restore', () => {
  it('pass when nothing is at stake, and stay open when nothing could be matched', () => {
    expect(point('backups_and_tested_restore', { reasons: [NOTHING] })).toEqual({
      result: 'pass',
      evidence: ['verified: no database or recovery point is concerned'],
    });
    expect(point('backups_and_tested_restore', { reasons: [reason('target_not_observed', 'gone')] })).toEqual({
      result: 'unknown',
      evidence: ['assumed: no database could be matched to the change'],
    });
  });

  it('stay open by an inventory of another time, whatever that shows, but for what is not ready', () => {
    const stale = reason('inventory_stale', 'it is 3 h old');
    const by = 'by an inventory of another time than the one judged';
    expect(point('backups_and_tested_restore', { databases: [aView('orders')], reasons: [stale] })).toEqual({
      result: 'unknown',
      evidence: [`assumed: orders has 1 survivor, ${by}`],
    });
    expect(point('backups_and_tested_restore', { reasons: [NOTHING, stale] })).toEqual({
      result: 'unknown',
      evidence: [`assumed: no database or recovery point is concerned, ${by}`],
    });
    const databases = [aView('orders', { verdict: 'not_ready' })];
    expect(point('backups_and_tested_restore', { databases, reasons: [stale] })).toEqual({
      result: 'fail',
      evidence: ['contradicted: orders is not ready with 1 survivor'],
    });
  });

  it('stay open where the policy let a missing proof pass', () => {
    const advisory = reason('proof_advisory', 'no drill has ever restored it; advisory by policy');
    expect(point('backups_and_tested_restore', { databases: [aView('orders')], reasons: [advisory] })).toEqual({
      result: 'unknown',
      evidence: [
        'verified: orders is ready with 1 survivor',
        'assumed: no drill has ever restored it; advisory by policy',
      ],
    });
  });

  it.each<[VerdictWord, VerdictWord, string]>([
    ['ready', 'ready', 'pass'],
    ['ready', 'unknown', 'unknown'],
    ['unknown', 'unknown', 'unknown'],
    ['ready', 'not_ready', 'fail'],
    ['unknown', 'not_ready', 'fail'],
    ['not_ready', 'not_ready', 'fail'],
  ])('of a database that is %s and one that is %s: %s', (one, other, result) => {
    const databases = [aView('a', { verdict: one }), aView('b', { verdict: other })];
    expect(point('backups_and_tested_restore', { databases }).result).toBe(result);
    expect(point('backups_and_tested_restore', { databases: [...databases].reverse() }).result).toBe(result);
  });

  it('name every database with its verdict and the number of its survivors', () => {
    const databases = [
      aView('orders', { verdict: 'ready', survivors: [survivor] }),
      aView('users', { verdict: 'ready', survivors: [survivor, survivor] }),
      aView('carts', { verdict: 'not_ready', survivors: [] }),
    ];
    expect(point('backups_and_tested_restore', { databases }).evidence).toEqual([
      'verified: orders is ready with 1 survivor',
      'verified: users is ready with 2 survivors',
      'contradicted: carts is not ready with 0 survivors',
    ]);
  });
});

describe('the authority of the principal', () => {
  const asked: PrincipalAuthority = {
    principal: 'arn:aws:iam::123456789012:role/deployer',
    origin: 'simulation',
    source: 'iam:SimulatePrincipalPolicy',
    permits: () => 'denied',
    gaps: [],
  };
  const SAYS = `verified: what ${asked.principal} may call was asked by iam:SimulatePrincipalPolicy`;
  const reachOf = (...permits: readonly Permit[]) => ({
    authority: asked,
    reach: [{ identifier: 'orders', permits }],
  });

  it.each<[string, readonly Permit[], string, string]>([
    ['there is no survivor', [], 'fail', 'contradicted: orders has no survivor that it could leave alone'],
    ['it may take the only one', ['allowed'], 'fail', 'contradicted: it may take away each of 1 survivor of orders'],
    [
      'it may take each',
      ['allowed', 'allowed'],
      'fail',
      'contradicted: it may take away each of 2 survivors of orders',
    ],
    [
      'nothing keeps it from one',
      ['allowed', 'unknown'],
      'unknown',
      'assumed: nothing read keeps it from taking away each of 2 survivors of orders',
    ],
    ['one is denied', ['allowed', 'denied'], 'pass', 'verified: 1 of 2 survivors of orders is out of its reach'],
    ['all are denied', ['denied', 'denied'], 'pass', 'verified: 2 of 2 survivors of orders are out of its reach'],
  ])('when %s', (_, permits, result, line) => {
    expect(point('authority_of_principal', reachOf(...permits))).toEqual({ result, evidence: [SAYS, line] });
  });

  it('passes when nothing is at stake, and stays open when nothing could be matched', () => {
    expect(point('authority_of_principal', { authority: asked, reasons: [NOTHING] })).toEqual({
      result: 'pass',
      evidence: [SAYS, 'verified: no database or recovery point is concerned'],
    });
    expect(point('authority_of_principal', { authority: asked })).toEqual({
      result: 'unknown',
      evidence: [SAYS, 'assumed: no database could be matched to the change'],
    });
  });

  it('stays open when nobody asked, when a file was taken at its word, and when part of it was not read', () => {
    const denied = reachOf('denied');
    const gap = {
      what: 'what it may call',
      where: SCOPE,
      action: 'iam:SimulatePrincipalPolicy',
      cause: 'AccessDenied',
    };
    const gaps = [{ ...gap, hides: 'threats' as const }];
    const file = { ...asked, principal: null, origin: 'policy_file' as const, source: 'deployer.json' };
    const line = 'verified: 1 of 1 survivor of orders is out of its reach';
    expect(point('authority_of_principal')).toEqual({
      result: 'unknown',
      evidence: [
        'assumed: the change runs as arn:aws:iam::123456789012:user/reader, which made the reads',
        'assumed: what that principal may call was not read',
      ],
    });
    expect(point('authority_of_principal', { ...denied, authority: file })).toEqual({
      result: 'unknown',
      evidence: ['assumed: deployer.json holds everything that the principal is allowed', line],
    });
    expect(point('authority_of_principal', { ...denied, authority: { ...asked, gaps } })).toEqual({
      result: 'unknown',
      evidence: ['assumed: what it may call was not read (iam:SimulatePrincipalPolicy: AccessDenied)', line],
    });
  });
});

describe('human approval', () => {
  const changesOf = (...classes: readonly ChangeClass[]) =>
    classes.map((word) => ({ address: `aws_thing.${word}`, actions: [], class: word, steps: [] }));

  it.each<[string, readonly ChangeClass[], readonly DatabaseView[]]>([
    ['irreversible database action', ['update'], [judged]],
    ['destructive', ['update', 'destroy'], []],
    ['destructive', ['update', 'other_destroy'], []],
    ['weakens protection', ['update', 'disarm'], []],
    ['not understood', ['update', 'unknown'], []],
    [
      'irreversible database action, destructive, weakens protection, not understood',
      ['destroy', 'disarm', 'unknown'],
      [judged],
    ],
  ])('is still to be given: %s (%j)', (why, classes, databases) => {
    const intent = anIntent([], { changes: changesOf(...classes) });
    expect(point('human_approval', { intent, databases })).toEqual({
      result: 'unknown',
      evidence: [`assumed: a person must still approve (${why}); no receipt was shown`],
    });
  });

  it('is not needed where nothing is taken, and not to be asked for what must be stopped', () => {
    const intent = anIntent([], { changes: changesOf('update', 'create', 'forget', 'none') });
    expect(point('human_approval', { intent, reasons: [NOTHING] })).toEqual({
      result: 'pass',
      evidence: ['verified: nothing here needs a person'],
    });
    expect(point('human_approval', { intent, reasons: [NOTHING, reason('create_collides', 'it exists')] })).toEqual({
      result: 'fail',
      evidence: ['contradicted: this is to be stopped, not approved'],
    });
  });

  it('is not needed where what is destroyed was seen to hold no data, and still where that was seen long ago', () => {
    const intent = anIntent([], { changes: changesOf('destroy') });
    expect(point('human_approval', { intent, reasons: [NOTHING] })).toEqual({
      result: 'pass',
      evidence: ['verified: nothing here needs a person'],
    });
    const stale = reason('inventory_stale', 'it is 3 h old');
    expect(point('human_approval', { intent, reasons: [NOTHING, stale] }).result).toBe('unknown');
  });
});

it('the log passes only when the decision is kept', () => {
  expect(point('action_path_logged', { logged: true })).toEqual({
    result: 'pass',
    evidence: ['verified: this decision is kept in the store'],
  });
  expect(point('action_path_logged')).toEqual({
    result: 'unknown',
    evidence: ['assumed: this decision was not kept'],
  });
});

describe('the stage', () => {
  const named = { namesEnvironments: true };
  const stage = 'environment_confirmed';
  const place = 'verified: account and region 123456789012/eu-west-1, by sts:GetCallerIdentity and ARNs';

  it('is told by the policy, for each account once', () => {
    const environment = { name: 'shop', sandbox: false };
    const databases = [aView('orders', { environment }), aView('courses', { environment })];
    expect(point(stage, { ...named, databases })).toEqual({
      result: 'pass',
      evidence: [place, 'verified: account 123456789012 is shop, by the policy'],
    });
  });

  it('says so where it is a sandbox', () => {
    const databases = [aView('orders', { environment: { name: 'tests', sandbox: true } })];
    expect(point(stage, { ...named, databases }).evidence[1]).toBe(
      'verified: account 123456789012 is tests, a sandbox, by the policy',
    );
  });

  it('stays open for an account of which the policy says nothing', () => {
    const databases = [aView('orders', { environment: null })];
    expect(point(stage, { ...named, databases })).toEqual({
      result: 'unknown',
      evidence: [place, 'assumed: the policy says of no environment that account 123456789012 belongs to it'],
    });
  });

  it('is not asked for where the policy names no environment', () => {
    expect(point(stage, { databases: [aView('orders')] })).toEqual({ result: 'pass', evidence: [place] });
  });

  it('is a reason for a person to look, unless it is a sandbox', () => {
    const why = (environment: DatabaseView['environment']) =>
      point('human_approval', { databases: [{ ...aView('orders'), environment: environment ?? null }] }).evidence[0];
    expect(why({ name: 'shop', sandbox: false })).toContain('in shop, which is no sandbox');
    expect(why({ name: 'tests', sandbox: true })).not.toContain('sandbox');
    expect(why(null)).not.toContain('sandbox');
  });
});

describe('what rests on a waiver', () => {
  it.each(['waived', 'waived_unknown'] as const)(
    'is %s, is not verified, and is a reason for a person to look',
    (code) => {
      const fields = { databases: [aView('orders')], reasons: [reason(code, 'too slow; let pass by Jane')] };
      const { result, evidence } = point('backups_and_tested_restore', fields);
      expect(result).toBe('unknown');
      expect(evidence.at(-1)).toBe('assumed: too slow; let pass by Jane');
      expect(point('human_approval', fields).evidence[0]).toContain('rests on a waiver');
    },
  );

  it('still fails where a database is not ready, whatever was let pass', () => {
    const databases = [aView('orders', { verdict: 'not_ready' })];
    expect(point('backups_and_tested_restore', { databases, reasons: [reason('waived', 'x')] }).result).toBe('fail');
  });

  it('says nothing of a waiver that has ended', () => {
    const fields = { databases: [aView('orders')], reasons: [reason('waiver_expired', 'ended')] };
    expect(point('backups_and_tested_restore', fields).result).toBe('pass');
    expect(point('human_approval', fields).evidence[0]).not.toContain('waiver');
  });
});
