/** Engine versions that AWS no longer offers: what was taken with one is not counted on. */

import { describe, expect, it } from 'vitest';
import type { EngineVersion } from '../../src/inventory/model.ts';
import { DEFAULT_POLICY } from '../../src/policy/schema.ts';
import { matrixOf } from '../../src/survival/matrix.ts';
import { survive } from '../../src/survival/survive.ts';
import { decideChange } from '../../src/verdict/decide.ts';
import {
  aDatabase,
  aDrill,
  anIntent,
  anInventory,
  aPoint,
  aSystemSnapshot,
  deletionOf,
  NOW,
  SCOPE,
} from '../support/builders.ts';

const orders = aDatabase();
const manual = aPoint(orders);

function aVersion(fields: Partial<EngineVersion> = {}): EngineVersion {
  return { ...SCOPE, engine: 'postgres', engineVersion: '16.4', offered: false, ...fields };
}

function decide(engineVersions: readonly EngineVersion[], recoveryPoints = [manual]) {
  const inventory = anInventory({ databases: [orders], recoveryPoints, engineVersions });
  const question = { inventory, policy: DEFAULT_POLICY, drills: [aDrill(orders)], at: NOW, logged: true };
  const { verdict, databases } = decideChange({ ...question, intent: anIntent(deletionOf(orders)) });
  return { verdict, codes: databases[0]?.reasons.map(({ code }) => code), view: databases[0] };
}

describe('a survivor whose engine version', () => {
  it('is not offered any more does not make its database ready', () => {
    const { verdict, codes, view } = decide([aVersion()]);
    expect(verdict).toBe('unknown');
    expect(codes).toContain('survival_unknown');
    expect(view?.casualties).toContainEqual({
      id: manual.id,
      kind: 'manual_snapshot',
      fate: 'unknown',
      rules: ['manual_snapshot_outlives_database', 'engine_version_not_offered'],
    });
  });

  it('is offered counts', () => {
    expect(decide([aVersion({ offered: true })]).verdict).toBe('ready');
  });

  it.each([
    ['another version', { engineVersion: '15.2' }],
    ['another engine', { engine: 'mysql' }],
    ['another region', { region: 'us-east-1' }],
    ['another account', { accountId: '999999999999' }],
  ])('is offered counts, whatever became of %s', (_, fields) => {
    expect(decide([aVersion(fields)]).verdict).toBe('ready');
  });

  it.each([null, '', 'unknown'])('is not told, but %j, is not counted on', (engineVersion) => {
    const { verdict, view } = decide([], [aPoint(orders, { engineVersion })]);
    expect(verdict).toBe('unknown');
    expect(view?.casualties[0]?.rules).toContain('engine_version_unknown');
  });

  it('is gone where a copy lies is judged there, not where the database lives', () => {
    const far = { accountId: SCOPE.accountId, region: 'eu-central-1' };
    const copy = aPoint(orders, { ...far, arn: 'arn:aws:rds:eu-central-1:123456789012:snapshot:far' });
    expect(decide([aVersion()], [copy]).verdict).toBe('ready');
    expect(decide([aVersion(far)], [copy]).verdict).toBe('unknown');
  });
});

describe('a version that is gone', () => {
  const inventory = anInventory({ databases: [orders], recoveryPoints: [manual], engineVersions: [aVersion()] });

  it('spoils the final snapshot that the deletion would make', () => {
    const careful = deletionOf(orders, { skipFinalSnapshot: false, finalSnapshotId: 'last' });
    const { after } = survive(inventory, careful, { at: NOW, refusals: 'lifted' });
    expect(after.points.map(({ point, fate }) => [point.id, fate.word])).toEqual([
      [manual.id, 'unknown'],
      ['last', 'unknown'],
    ]);
  });

  it('brings back nothing that is lost, and makes nothing unreadable doubtful', () => {
    const points = [aSystemSnapshot(orders), aPoint(orders, { kind: 's3_export', id: 'export', arn: 'arn:export' })];
    const { after } = survive({ ...inventory, recoveryPoints: points }, deletionOf(orders), {
      at: NOW,
      refusals: 'lifted',
    });
    expect(after.points.map(({ fate }) => fate.word)).toEqual(['lost', 'unreadable']);
  });

  it('is looked at on the snapshot that a deletion makes, though every point before it could be started', () => {
    const moved = aDatabase({ engineVersion: '15.2' });
    const inventory = anInventory({
      databases: [moved],
      recoveryPoints: [manual],
      engineVersions: [aVersion({ engineVersion: '15.2' })],
    });
    const [row] = matrixOf(inventory, moved, NOW, ['database_deleted_carefully']);
    expect(row?.left.map(({ id }) => id)).toEqual([manual.id]);
    expect(row?.unknown).toEqual([
      { id: 'orders-final', rules: ['final_snapshot_taken', 'engine_version_not_offered'] },
    ]);
  });

  it('shows in the table of losses', () => {
    const [row] = matrixOf(inventory, orders, NOW, ['database_deleted']);
    expect(row).toMatchObject({ left: [], unknown: [{ id: manual.id }] });
  });
});
