/**
 * The gallery: one small change a case, how Terraform is asked for it, and what Muster must answer.
 *
 * The expectations hold twice: for the plan that Terraform prints while the gallery is recorded, and for the recording.
 */

import type { Decision, VerdictWord } from '../../../src/verdict/document.ts';
import type { ReasonCode } from '../../../src/verdict/reasons.ts';
import { type Blocks, edited, instance, STACK, without } from './stack.ts';

/** What is expected of a decision. */
export interface Expected {
  readonly decision: Decision;
  readonly verdict: VerdictWord;
  /** Codes that must be among the reasons of the decision or of its databases. */
  readonly reasons?: readonly ReasonCode[];
  /** Identifiers of the databases that are judged, all of them. */
  readonly databases: readonly string[];
  /** Ids of the recovery points named as survivors, all of them. */
  readonly survivors?: readonly string[];
}

/** One change. */
export interface Case {
  readonly name: string;
  readonly blocks: Blocks;
  /** Arguments of `terraform plan` besides `-out`. */
  readonly argv?: readonly string[];
  /** Terraform ends with 1 and writes the plan all the same. */
  readonly fails?: boolean;
  readonly expected: Expected;
}

const ALLOW: Expected = { decision: 'allow', verdict: 'ready', databases: [] };

function blocked(
  verdict: 'not_ready' | 'unknown',
  databases: readonly string[],
  reasons: readonly ReasonCode[],
  survivors: readonly string[] = [],
): Expected {
  return { decision: 'block', verdict, databases, reasons, survivors };
}

const EVERYTHING = [
  'audit',
  'billing',
  'courses',
  'ledger',
  'orders',
  'reports',
  'shard-a',
  'shard-b',
  'tenant-0',
  'tenant-1',
];

/** The cases, in the order in which they are planned. */
export const CASES: readonly Case[] = [
  {
    name: 'destroy-everything',
    blocks: STACK,
    argv: ['-destroy'],
    // The managed snapshot goes first, and leaves its name to the final snapshot of billing.
    expected: blocked('not_ready', EVERYTHING, ['no_survivor', 'refused_now'], ['orders-final', 'orders-weekly']),
  },
  {
    name: 'database-and-its-snapshot-gone',
    blocks: without('orders', 'orders_weekly'),
    expected: blocked('not_ready', ['orders'], ['survivor_only_in_plan'], ['orders-final']),
  },
  {
    name: 'snapshot-gone',
    blocks: without('orders_weekly'),
    expected: blocked('not_ready', ['orders'], ['no_survivor']),
  },
  {
    name: 'replaced',
    blocks: STACK,
    argv: ['-replace=aws_db_instance.reports'],
    expected: blocked('not_ready', ['reports'], ['no_survivor']),
  },
  {
    name: 'restored-by-replacement',
    blocks: edited(
      'reports',
      'skip_final_snapshot = true',
      'skip_final_snapshot = true\n  snapshot_identifier = "orders-weekly"',
    ),
    expected: blocked('not_ready', ['reports'], ['no_survivor']),
  },
  {
    name: 'final-name-missing',
    blocks: without('audit'),
    expected: blocked('not_ready', ['audit'], ['no_survivor', 'refused_now']),
  },
  {
    name: 'final-name-taken',
    blocks: without('billing'),
    expected: blocked('not_ready', ['billing'], ['no_survivor', 'refused_now']),
  },
  {
    name: 'protected-database-gone',
    blocks: without('ledger'),
    expected: blocked('not_ready', ['ledger'], ['no_survivor', 'refused_now']),
  },
  {
    name: 'for-each-key-gone',
    blocks: edited('shard', '["a", "b"]', '["a"]'),
    expected: blocked('not_ready', ['shard-b'], ['no_survivor']),
  },
  {
    name: 'module-count-lowered',
    blocks: edited('tenant', 'count  = 2', 'count  = 1'),
    expected: blocked('not_ready', ['tenant-1'], ['no_survivor']),
  },
  {
    name: 'targeted',
    blocks: STACK,
    argv: ['-destroy', '-target=aws_db_instance.reports'],
    expected: blocked('not_ready', ['reports'], ['no_survivor', 'incomplete_plan']),
  },
  {
    name: 'prevented',
    blocks: edited(
      'reports',
      'skip_final_snapshot = true',
      'skip_final_snapshot = true\n  lifecycle {\n    prevent_destroy = true\n  }',
    ),
    argv: ['-destroy', '-target=aws_db_instance.reports'],
    fails: true,
    expected: blocked('not_ready', ['reports'], ['errored_plan']),
  },
  {
    name: 'member-gone',
    blocks: without('courses_0'),
    // No data go with a member, but a service may: a person looks.
    expected: { decision: 'review', verdict: 'ready', databases: [], reasons: ['other_resources_destroyed'] },
  },
  {
    name: 'disarmed-protection',
    blocks: edited('ledger', 'deletion_protection = true', 'deletion_protection = false'),
    expected: blocked('not_ready', ['ledger'], ['disarms', 'no_survivor']),
  },
  {
    name: 'disarmed-retention',
    blocks: edited('orders', 'backup_retention_period = 7', 'backup_retention_period = 0'),
    expected: blocked('unknown', ['orders'], ['disarms', 'restore_never_proven'], ['orders-weekly']),
  },
  {
    name: 'disarmed-final-snapshot',
    blocks: edited('orders', 'final_snapshot_identifier = "orders-final"', 'skip_final_snapshot = true'),
    expected: blocked('unknown', ['orders'], ['disarms', 'restore_never_proven'], ['orders-weekly']),
  },
  {
    name: 'lost-state',
    blocks: STACK,
    argv: ['-state=nothing.tfstate'],
    expected: blocked('not_ready', [], ['empty_state', 'create_collides']),
  },
  {
    name: 'name-not-known-yet',
    blocks: {
      ...STACK,
      chosen: 'resource "terraform_data" "chosen" {\n  input = "new"\n}\n',
      new: instance('new', 'skip_final_snapshot = true').replace('"new"\n', 'terraform_data.chosen.output\n'),
    },
    expected: ALLOW,
  },
  {
    name: 'created-beside',
    blocks: { ...STACK, extra: instance('extra', 'skip_final_snapshot = true') },
    expected: ALLOW,
  },
  {
    name: 'forgotten',
    blocks: {
      ...without('reports'),
      removed: 'removed {\n  from = aws_db_instance.reports\n  lifecycle {\n    destroy = false\n  }\n}\n',
    },
    expected: ALLOW,
  },
  {
    name: 'moved',
    blocks: {
      ...edited('reports', '"aws_db_instance" "reports"', '"aws_db_instance" "reporting"'),
      moved: 'moved {\n  from = aws_db_instance.reports\n  to   = aws_db_instance.reporting\n}\n',
    },
    expected: ALLOW,
  },
  {
    name: 'tagged',
    blocks: edited('orders', 'apply_immediately = true', 'apply_immediately = true\n  tags = { team = "payments" }'),
    expected: ALLOW,
  },
  {
    name: 'class-changed',
    blocks: edited('orders', 'db.t3.medium', 'db.t3.large'),
    expected: ALLOW,
  },
];
