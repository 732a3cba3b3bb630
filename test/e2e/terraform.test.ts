/**
 * The main job with a real Terraform: what it plans is gated, what is gated is carried out, and what is left is counted.
 *
 * Terraform and its AWS provider talk to the lab over HTTP, as does the built command line. One story, told in order.
 * Skipped, loudly, where Terraform or the provider is missing. Takes minutes: the provider sleeps before its first look.
 */

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateDBClusterSnapshotCommand,
  DescribeDBInstancesCommand,
  waitUntilDBClusterSnapshotAvailable,
} from '@aws-sdk/client-rds';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/inventory/model.ts';
import type { DecisionDocument } from '../../src/verdict/document.ts';
import { findTerraform } from './find-terraform.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const CLUSTER = 'tf-courses';
const MEMBER = 'tf-courses-0';
const SNAPSHOT = 'tf-courses-before-destroy';
/** The provider needs about 75 s for either; past the limit it is interrupted, and the test fails by itself. */
const APPLY_SECONDS = 240;
const PLAN_SECONDS = 90;
const LONG = { timeout: 330_000 };

const terraform = findTerraform(process.env);
process.stderr.write(
  typeof terraform === 'string'
    ? `\nSKIPPED: the end-to-end test with Terraform did not run: ${terraform}\n`
    : `\n${terraform.version}, ${terraform.source} from ${terraform.mirror}\n`,
);

describe.skipIf(typeof terraform === 'string')('a cluster made, judged and destroyed by Terraform', () => {
  let shop: Workshop;
  /** The decision that let the plan through to a person. */
  let review: DecisionDocument;

  beforeAll(async () => {
    if (typeof terraform === 'string') throw new Error(terraform);
    shop = await openWorkshop(terraform, cluster);
    await shop.terraform(60, 'init');
  });
  afterAll(() => shop?.close());

  it('is applied against the lab', LONG, async () => {
    await shop.terraform(APPLY_SECONDS, 'apply', '-auto-approve');

    const { databases } = await scan();
    expect(databases).toMatchObject([{ identifier: CLUSTER, status: 'available', members: [{ identifier: MEMBER }] }]);
    await fill();
  });

  it('may not be destroyed while nothing would survive it', LONG, async () => {
    await shop.terraform(PLAN_SECONDS, 'plan', '-destroy', '-out=destroy.tfplan');
    expect(await showAs('destroy')).toContain(shop.canary);

    const { exit, document } = await gate('destroy');

    expect(exit).toBe(1);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready', gaps: [] });
    expect(document.changes.map(({ address, actions }) => `${address} ${actions}`).sort()).toEqual([
      'aws_rds_cluster.courses delete',
      'aws_rds_cluster_instance.courses delete',
    ]);
    expect(document.databases).toMatchObject([{ identifier: CLUSTER, verdict: 'not_ready', survivors: [] }]);
    expect(codesOf(document)).toContain('no_survivor');
  });

  it('is restored from a manual snapshot by a drill', LONG, async () => {
    await shop.rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: CLUSTER, DBClusterSnapshotIdentifier: SNAPSHOT }),
    );
    await waitUntilDBClusterSnapshotAvailable(
      { client: shop.rds, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
      { DBClusterSnapshotIdentifier: SNAPSHOT },
    );

    const { exit, document } = await musterJson<object>('drill', 'run', CLUSTER);

    expect(document).toMatchObject({ result: 'passed', databaseIdentifier: CLUSTER, recoveryPoint: { id: SNAPSHOT } });
    expect(exit).toBe(0);
  });

  it('may then be destroyed by the same plan, if a person approves', async () => {
    const { exit, document } = await gate('destroy');

    expect(exit).toBe(0);
    expect(document).toMatchObject({ decision: 'review', verdict: 'ready' });
    expect(document.databases).toMatchObject([
      { identifier: CLUSTER, survivors: [{ id: SNAPSHOT, grade: 'queried' }] },
    ]);
    expect(codesOf(document)).toContain('human_approval_required');
    review = document;
  });

  it('may not be created again by a plan that lost the state, whatever survives', LONG, async () => {
    const state = join(shop.folder, 'terraform.tfstate');
    renameSync(state, `${state}.lost`);
    await shop.terraform(PLAN_SECONDS, 'plan', '-out=lost-state.tfplan');
    await showAs('lost-state');
    renameSync(`${state}.lost`, state);

    const { exit, document } = await gate('lost-state');

    expect(exit).toBe(1);
    expect(document).toMatchObject({ decision: 'block', verdict: 'not_ready' });
    expect(codesOf(document)).toEqual(expect.arrayContaining(['empty_state', 'create_collides']));
  });

  it.each([['text'], ['Markdown', '--markdown']])('is judged in %s without its password', async (_, ...flags) => {
    for (const plan of ['destroy', 'lost-state']) {
      const { stdout } = await shop.muster('gate', 'terraform', planFile(plan), ...flags);
      expect(stdout).toContain(CLUSTER);
      expect(stdout.includes(shop.canary)).toBe(false);
    }
  });

  it('leaves exactly the recovery points that the decision named', LONG, async () => {
    await shop.terraform(APPLY_SECONDS, 'apply', 'destroy.tfplan');

    const { databases, recoveryPoints } = await scan();

    expect(databases).toEqual([]);
    const left = recoveryPoints.map(({ id }) => id).sort();
    expect(left).toEqual(survivorsOf(review));
    expect(left).toEqual([SNAPSHOT]);
  });

  it('has its password in nothing that Muster printed or wrote', async () => {
    // A database file may keep a long record in pieces; an export prints each record in one.
    expect((await shop.muster('export')).stdout).toContain('"kind":"drill"');
    const traces = shop.traces();
    const names = Object.keys(traces).map((path) => path.replace(/.*\//, ''));
    expect(names.sort()).toEqual(['keys.json', 'muster.db', 'printed']);
    // Names only, so that a failure does not print the password either.
    expect(Object.keys(traces).filter((name) => traces[name]?.includes(shop.canary))).toEqual([]);
  });

  /** A fresh cluster is empty, and a drill that finds no rows rightly fails. */
  async function fill(): Promise<void> {
    const { DBInstances } = await shop.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: MEMBER }));
    const { Address: host, Port: port } = DBInstances?.[0]?.Endpoint ?? {};
    const login = { user: 'courses_admin', password: shop.canary, database: 'courses' };
    const client = new pg.Client({ host, port, ...login, connectionTimeoutMillis: 30_000 });
    await client.connect();
    await client.query('create table homework (id int primary key, title text not null)');
    await client.query(`insert into homework select n, 'homework ' || n from generate_series(1, 250) n`);
    await client.end();
  }

  async function showAs(plan: string): Promise<string> {
    const text = await shop.terraform(PLAN_SECONDS, 'show', '-json', `${plan}.tfplan`);
    writeFileSync(planFile(plan), text);
    return text;
  }

  function planFile(plan: string): string {
    return join(shop.folder, `${plan}.json`);
  }

  function gate(plan: string) {
    return musterJson<DecisionDocument>('gate', 'terraform', planFile(plan));
  }

  async function scan() {
    const { exit, document } = await musterJson<Inventory>('scan');
    expect(exit).toBe(0);
    return document;
  }

  async function musterJson<T>(...argv: readonly string[]): Promise<{ exit: number | null; document: T }> {
    const { exit, stdout, stderr } = await shop.muster(...argv, '--json');
    // A drill tells its phases as they pass; whatever went wrong would bear a code.
    if (argv[0] === 'drill') expect(stderr).not.toContain('MUSTER_');
    else expect(stderr).toBe('');
    return { exit, document: JSON.parse(stdout) };
  }
});

function codesOf({ reasons, databases }: DecisionDocument): string[] {
  return [...reasons, ...databases.flatMap((database) => database.reasons)].map(({ code }) => code);
}

function survivorsOf({ databases }: DecisionDocument): string[] {
  return databases.flatMap(({ survivors }) => survivors.map(({ id }) => id)).sort();
}

/** The smallest cluster that can be signed in to; the password in clear, as people write it. */
function cluster(password: string): string {
  return `resource "aws_rds_cluster" "courses" {
  cluster_identifier  = "${CLUSTER}"
  engine              = "aurora-postgresql"
  engine_version      = "15.12"
  database_name       = "courses"
  master_username     = "courses_admin"
  master_password     = "${password}"
  skip_final_snapshot = true
  apply_immediately   = true
}

resource "aws_rds_cluster_instance" "courses" {
  identifier         = "${MEMBER}"
  cluster_identifier = aws_rds_cluster.courses.id
  engine             = aws_rds_cluster.courses.engine
  engine_version     = aws_rds_cluster.courses.engine_version
  instance_class     = "db.t3.medium"
  apply_immediately  = true
}
`;
}
