/** What a drill proves and what it does not: that it restores, how long that takes, and for which size and class. */

import { describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../src/drill/model.ts';
import type { ProbeWorth } from '../../src/drill/probe.ts';
import type { Database } from '../../src/inventory/model.ts';
import { parsePolicy } from '../../src/policy/schema.ts';
import { judgeNow } from '../../src/verdict/decide.ts';
import {
  aCluster,
  aDatabase,
  aDrill,
  anInventory,
  aPoint,
  aRestoreTest,
  aVault,
  hoursAgo,
  NOW,
} from '../support/builders.ts';

const orders = aDatabase();
const vault = aVault();
const TEN_MINUTES = 'restoreTimeMax: 10m';
const HALF_HOUR = 'restoreTimeMax: 30m';
const ALLOWED = '30 min allowed (test.yaml: defaults)';
const DRILL_AGAIN = 'drill it into the class it runs on, without a stop:\nmuster drill run orders';

interface Given {
  readonly drills: readonly DrillRecord[];
  readonly defaults?: string;
  readonly database?: Database;
  /** Whether a point in a vault survives besides the manual snapshot. */
  readonly vaulted?: boolean;
}

function judge({ drills, defaults = '', database = orders, vaulted = false }: Given) {
  const points = [
    aPoint(database),
    ...(vaulted ? [aPoint(database, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot', vaultArn: vault.arn })] : []),
  ];
  const inventory = anInventory({ databases: [database], recoveryPoints: points, vaults: [vault] });
  const policy = parsePolicy(`version: 1\ndefaults: { ${defaults} }\n`, 'test.yaml');
  const view = judgeNow({ inventory, policy, drills, at: NOW }, database);
  return { ...view, codes: view.reasons.map(({ code }) => code) };
}

const resumed = aDrill(orders, { resumed: 1, restoreSeconds: null });
const elsewhere = aDrill(orders, {
  conditions: { ...aDrill(orders).conditions, instanceClass: 'db.t3.micro', otherClass: true },
});

describe('a drill that was picked up again after a stop', () => {
  it('proves that it restores, which is enough where no time is asked for', () => {
    expect(judge({ drills: [resumed] })).toMatchObject({ verdict: 'ready', codes: [] });
  });

  it('proves no time: where one is asked for, it is said so, and nothing is called failed', () => {
    const view = judge({ drills: [resumed], defaults: HALF_HOUR });
    expect(view.verdict).toBe('unknown');
    expect(view.reasons).toMatchObject([
      {
        code: 'restore_time_unproven',
        severity: 'block',
        message: `drill d1 proves that it restores, not how long that takes: it was picked up again after a stop; ${ALLOWED}`,
        remedy: DRILL_AGAIN,
      },
    ]);
  });

  it('proves no time even where its record claims one', () => {
    const forged = aDrill(orders, { resumed: 1, restoreSeconds: 60 });
    expect(judge({ drills: [forged], defaults: HALF_HOUR }).codes).toEqual(['restore_time_unproven']);
    expect(judge({ drills: [forged] }).restoreSeconds.n).toBe(0);
  });

  it('passes where a proof is only advised, with its words', () => {
    const view = judge({ drills: [resumed], defaults: `${HALF_HOUR}, restoreProof: advisory` });
    expect(view).toMatchObject({ verdict: 'ready', codes: ['proof_advisory'] });
    expect(view.reasons[0]?.message).toMatch(/not how long that takes.*; advisory by test\.yaml: defaults$/);
  });

  it('is worse than any that was timed, of two that end together', () => {
    const drills = [aDrill(orders, { drillId: 'd2' }), resumed];
    for (const both of [drills, drills.toReversed()]) {
      expect(judge({ drills: both, defaults: HALF_HOUR }).codes).toEqual(['restore_time_unproven']);
    }
  });

  it('whose probes failed is a failed drill all the same', () => {
    const wrong = aDrill(orders).probes.map((probe) => ({ ...probe, passed: false }));
    expect(judge({ drills: [aDrill(orders, { ...resumed, probes: wrong })] }).codes).toEqual(['restore_failed']);
  });
});

describe('a restore into another class', () => {
  it('proves that it restores, and no time: neither one that would do, nor one that would not', () => {
    expect(judge({ drills: [elsewhere] }).verdict).toBe('ready');
    for (const defaults of [HALF_HOUR, TEN_MINUTES]) {
      expect(judge({ drills: [elsewhere], defaults })).toMatchObject({
        verdict: 'unknown',
        codes: ['restore_time_unproven'],
      });
    }
  });

  it('is named with the time that it took', () => {
    expect(judge({ drills: [elsewhere], defaults: HALF_HOUR }).reasons[0]?.message).toBe(
      `drill d1 proves that it restores, not how long that takes: it took 12 min in db.t3.micro, a class that the database does not run on; ${ALLOWED}`,
    );
  });

  it('is judged by the class of today, whatever it was then', () => {
    const grown = aDatabase({ instanceClass: 'db.m6g.4xlarge' });
    expect(judge({ drills: [aDrill(grown)], database: grown, defaults: HALF_HOUR }).codes).toEqual([
      'restore_time_unproven',
    ]);
    const shrunk = aDatabase({ instanceClass: 'db.t3.micro' });
    expect(judge({ drills: [elsewhere], database: shrunk, defaults: HALF_HOUR }).codes).toEqual([]);
  });

  it('of a cluster is one that none of its instances has; where none is known, what the record says counts', () => {
    const courses = aCluster();
    const into = (instanceClass: string, database: Database, otherClass = false) => {
      const conditions = { ...aDrill(courses).conditions, instanceClass, otherClass };
      return judge({ drills: [aDrill(courses, { conditions })], database, defaults: HALF_HOUR }).codes;
    };
    expect(into('db.r6g.large', courses, true)).toEqual([]);
    expect(into('db.t3.medium', courses)).toEqual(['restore_time_unproven']);
    expect(into('db.t3.medium', aCluster({ members: [] }))).toEqual([]);
    expect(into('db.t3.medium', aCluster({ members: [] }), true)).toEqual(['restore_time_unproven']);
  });
});

describe('of several kinds of restore', () => {
  const inVault = aDrill(orders, { drillId: 'v', claim: 'vault' });

  it('one that is timed and fast enough will do beside one that is not timed', () => {
    expect(judge({ drills: [resumed, inVault], vaulted: true, defaults: HALF_HOUR }).codes).toEqual([]);
  });

  it('one without a time may yet be fast enough, so that a slow one alone does not decide', () => {
    expect(judge({ drills: [resumed, inVault], vaulted: true, defaults: TEN_MINUTES })).toMatchObject({
      verdict: 'unknown',
      codes: ['restore_time_unproven'],
    });
    expect(judge({ drills: [aDrill(orders), inVault], vaulted: true, defaults: TEN_MINUTES })).toMatchObject({
      verdict: 'not_ready',
      codes: ['restore_too_slow'],
    });
  });
});

describe('a drill that asked nothing that could go wrong', () => {
  const asking = (proves: ProbeWorth, fields: Partial<DrillRecord> = {}) =>
    aDrill(orders, { probes: aDrill(orders).probes.map((probe) => ({ ...probe, proves })), ...fields });

  it('is weak, whatever grade it claims', () => {
    for (const grade of ['restored', 'queried', 'compared'] as const) {
      const view = judge({ drills: [asking('nothing', { grade, restoreSeconds: null })] });
      expect(view).toMatchObject({ verdict: 'unknown', codes: ['restore_proof_weak'] });
      expect(view.reasons[0]?.message).toBe('drill d1 restored it but asked only what could not go wrong');
      expect(view.survivors[0]?.grade).toBe('restored');
    }
  });

  it('is not weak once one answer was data, or agreed with a figure from outside', () => {
    expect(judge({ drills: [asking('data')] }).codes).toEqual([]);
    expect(judge({ drills: [asking('comparison', { grade: 'compared' })] }).codes).toEqual([]);
  });
});

describe('a drill of an engine without a driver', () => {
  const oracle = aDatabase({ engine: 'oracle-ee' });
  const restored: Partial<DrillRecord> = { grade: 'restored', restoreSeconds: null, probes: [] };

  it('is weak, says that nobody could ask, and sends nobody to drill it again', () => {
    const view = judge({ drills: [aDrill(oracle, restored)], database: oracle });
    expect(view.verdict).toBe('unknown');
    expect(view.reasons).toMatchObject([
      {
        code: 'restore_proof_weak',
        message: 'drill d1 restored it but no driver of Muster questions oracle-ee',
        remedy: 'have a person restore and question it, and let the policy say proofGrade: restored for it',
      },
    ]);
    expect(view.survivors[0]?.grade).toBe('restored');
  });

  it('that leaked is no worse for it; of any other engine nobody can say that it did not fail besides', () => {
    const leaked: Partial<DrillRecord> = { ...restored, result: 'leaked', cause: 'x was not removed: y' };
    expect(judge({ drills: [aDrill(oracle, leaked)], database: oracle }).codes).toEqual(['restore_proof_weak']);
    expect(judge({ drills: [aDrill(orders, leaked)] }).codes).toEqual(['restore_failed']);
  });

  it('that never came up is a failed one', () => {
    const never = aDrill(oracle, { ...restored, grade: 'available' });
    expect(judge({ drills: [never], database: oracle }).codes).toEqual(['restore_failed']);
  });
});

describe('a database that outgrew what was measured', () => {
  const of = (storageGib: number | null, restoreSeconds: number, hours = 1) =>
    aDrill(orders, {
      drillId: `d${storageGib}`,
      endedAt: hoursAgo(hours),
      restoreSeconds,
      conditions: { ...aDrill(orders).conditions, storageGib },
    });
  const now = (storageGib: number | null) => aDatabase({ storageGib });
  const growing = [of(100, 600, 3), of(110, 660, 2), of(120, 720, 1)];

  it('is warned of, with both sizes, and stays ready', () => {
    const view = judge({ drills: [of(100, 720)], database: now(400) });
    expect(view).toMatchObject({ verdict: 'ready', codes: ['restore_time_outgrown'] });
    expect(view.reasons[0]).toMatchObject({
      severity: 'warn',
      message: "restore time was measured at 100 GiB, today's size is 400 GiB",
      remedy: 'restore it to a scratch database and question it:\nmuster drill run orders',
    });
  });

  it('is one that is more than a quarter larger', () => {
    expect(judge({ drills: [of(100, 720)], database: now(125) }).codes).toEqual([]);
    expect(judge({ drills: [of(100, 720)], database: now(126) }).codes).toEqual(['restore_time_outgrown']);
  });

  it('is nothing to warn of where a size is not known, or no time was measured', () => {
    expect(judge({ drills: [of(100, 720)], database: now(null) }).codes).toEqual([]);
    expect(judge({ drills: [of(null, 720)], database: now(400) }).codes).toEqual([]);
    expect(judge({ drills: [resumed], database: now(400) }).codes).toEqual([]);
  });

  it('may outlast the objective at its size of today though the newest drill did not', () => {
    const view = judge({ drills: growing, database: now(140), defaults: 'restoreTimeMax: 13m' });
    expect(view).toMatchObject({ verdict: 'ready', codes: ['restore_time_outgrown'] });
    expect(view.reasons[0]?.message).toBe(
      "today's size is 140 GiB, at which a restore is expected to take 14 min, 13 min allowed (test.yaml: defaults)",
    );
    expect(judge({ drills: growing, database: now(140), defaults: 'restoreTimeMax: 14m' }).codes).toEqual([]);
  });

  it('is not foretold from slower drills of the same size: the newest speaks', () => {
    const quicker = [of(100, 1_200, 3), aDrill(orders, { ...of(100, 1_200, 2), drillId: 'd2' }), of(100, 600, 1)];
    expect(judge({ drills: quicker, database: now(100), defaults: 'restoreTimeMax: 13m' }).codes).toEqual([]);
  });

  it('is not foretold from drills of other conditions', () => {
    const other = growing.map((drill) =>
      aDrill(orders, { ...drill, conditions: { ...drill.conditions, region: 'us-east-1' }, digest: drill.digest }),
    );
    const drills = [...other, of(130, 600, 0.5)];
    expect(judge({ drills, database: now(140), defaults: 'restoreTimeMax: 13m' }).codes).toEqual([]);
  });

  it('is nothing to warn of while another kind of restore was measured at its size', () => {
    const inVault = aDrill(orders, { drillId: 'v', claim: 'vault', conditions: of(400, 720).conditions });
    const drills = [of(100, 720), inVault];
    expect(judge({ drills, database: now(400), vaulted: true }).codes).toEqual([]);
    expect(judge({ drills: drills.slice(0, 1), database: now(400), vaulted: true }).codes).toEqual([
      'restore_time_outgrown',
    ]);
  });
});

describe('a kind of restore that is only advised', () => {
  const byClaim = 'restoreProof: { snapshot: required, vault: advisory }';
  const ofVault = aDrill(orders, { drillId: 'v', claim: 'vault' });

  it('lets a missing proof pass for a survivor of that kind, and for no other', () => {
    expect(judge({ drills: [], defaults: byClaim, vaulted: true }).codes).toEqual(['proof_advisory']);
    expect(judge({ drills: [], defaults: byClaim }).codes).toEqual(['restore_never_proven']);
  });

  it('that failed lets nothing pass, nor does one that is required beside it', () => {
    const failed = (drill: DrillRecord) => aDrill(orders, { ...drill, result: 'failed' });
    for (const drill of [failed(ofVault), failed(aDrill(orders))])
      expect(judge({ drills: [drill], defaults: byClaim, vaulted: true })).toMatchObject({
        verdict: 'not_ready',
        codes: ['restore_failed'],
      });
  });

  it('and known to be too slow lets no unknown time of another kind pass', () => {
    const defaults = `${TEN_MINUTES}, ${byClaim}`;
    const drills = [aDrill(orders, { resumed: 1 }), ofVault];
    expect(judge({ drills, defaults, vaulted: true })).toMatchObject({
      verdict: 'unknown',
      codes: ['restore_time_unproven'],
    });
  });

  it('and of no known time lets that pass, beside another kind that is too slow', () => {
    const defaults = `${TEN_MINUTES}, ${byClaim}`;
    const drills = [aDrill(orders), { ...ofVault, resumed: 1 }];
    expect(judge({ drills, defaults, vaulted: true }).codes).toEqual(['proof_advisory']);
  });

  describe('and whose last drill is too old to count', () => {
    const aged = `${TEN_MINUTES}, proofAgeMax: 30m, restoreProof: advisory`;
    const old = aDrill(orders);

    it('does not get faster by that: one that was too slow still is', () => {
      const view = judge({ drills: [old], defaults: aged });
      expect(view).toMatchObject({ verdict: 'not_ready', codes: ['restore_too_slow', 'proof_advisory'] });
      expect(view.reasons[0]?.message).toBe(
        'the last drill, too old to count, took 12 min, 10 min allowed (test.yaml: defaults)',
      );
      expect(view.requirements?.at(-1)).toMatchObject({ requirement: 'restore_time', found: 720, result: 'not_met' });
    });

    it('lets no unknown time of another kind pass where it was too slow', () => {
      const defaults = `${TEN_MINUTES}, proofAgeMax: { vault: 30m }, ${byClaim}`;
      const drills = [aDrill(orders, { resumed: 1 }), ofVault];
      expect(judge({ drills, defaults, vaulted: true }).codes).toEqual(['restore_time_unproven']);
    });

    it('lets pass one that was fast enough, or of no known time for the database as it is', () => {
      expect(judge({ drills: [{ ...old, restoreSeconds: 600 }], defaults: aged }).codes).toEqual(['proof_advisory']);
      expect(judge({ drills: [{ ...old, resumed: 1 }], defaults: aged }).codes).toEqual(['proof_advisory']);
      const { conditions } = elsewhere;
      expect(judge({ drills: [{ ...old, conditions }], defaults: aged }).codes).toEqual(['proof_advisory']);
    });
  });

  it('shows the time of a restore that nobody saw as advised, never as met', () => {
    const { requirements = [] } = judge({ drills: [], defaults: `${HALF_HOUR}, restoreProof: advisory` });
    expect(requirements.map(({ requirement, result, found }) => [requirement, result, found]).slice(-2)).toEqual([
      ['restore_proof', 'advisory', null],
      ['restore_time', 'advisory', null],
    ]);
    const required = judge({ drills: [], defaults: HALF_HOUR }).requirements ?? [];
    expect(required.at(-1)).toMatchObject({ requirement: 'restore_time', result: 'unknown' });
  });
});

describe('the age that a proof may have', () => {
  it('is that of its own kind', () => {
    const ofVault = aDrill(orders, { drillId: 'v', claim: 'vault' });
    const aged = (defaults: string) => judge({ drills: [aDrill(orders), ofVault], defaults, vaulted: true });
    const drillsShown = (defaults: string) =>
      aged(defaults).requirements?.find(({ requirement }) => requirement === 'restore_proof')?.evidence;
    expect(drillsShown('proofAgeMax: { snapshot: 3599s }')).toEqual(['drill:v']);
    expect(drillsShown('proofAgeMax: { snapshot: 3600s, vault: 3599s }')).toEqual(['drill:d1']);
    expect(aged('proofAgeMax: 3599s').codes).toEqual(['restore_proof_stale']);
  });

  it('is named with where it is written', () => {
    expect(judge({ drills: [aDrill(orders)], defaults: 'proofAgeMax: { snapshot: 30m }' }).reasons[0]?.message).toBe(
      'the last drill was 1 h ago, 30 min allowed (test.yaml: defaults)',
    );
  });
});

describe('the grade that a proof must have', () => {
  const probing = (proves: ProbeWorth, grade: DrillRecord['grade']) =>
    aDrill(orders, { grade, probes: aDrill(orders).probes.map((probe) => ({ ...probe, proves })) });
  const restored = aDrill(orders, { grade: 'restored', probes: [] });

  it.each<[string, DrillRecord, readonly string[]]>([
    ['restored', restored, []],
    ['restored', probing('data', 'queried'), []],
    ['queried', restored, ['restore_proof_weak']],
    ['queried', probing('nothing', 'queried'), ['restore_proof_weak']],
    ['queried', probing('data', 'queried'), []],
    ['compared', probing('data', 'queried'), ['restore_proof_weak']],
    ['compared', probing('comparison', 'compared'), []],
    // A grade alone is only a claim, and what was asked goes no further than the grade.
    ['compared', probing('data', 'compared'), ['restore_proof_weak']],
    ['compared', probing('comparison', 'queried'), ['restore_proof_weak']],
  ])('at least %s (%#)', (grade, drill, codes) => {
    expect(judge({ drills: [drill], defaults: `proofGrade: ${grade}` }).codes).toEqual(codes);
  });

  it('is shown as found, by what was asked and not by what is claimed', () => {
    const found = (drills: readonly DrillRecord[], vaulted = false) =>
      judge({ drills, defaults: 'proofGrade: restored', vaulted }).requirements?.find(
        ({ requirement }) => requirement === 'restore_proof',
      )?.found;
    expect(found([restored])).toBe('restored');
    expect(found([probing('nothing', 'compared')])).toBe('restored');
    expect(found([probing('data', 'compared')])).toBe('queried');
    expect(found([restored, aDrill(orders, { drillId: 'v', claim: 'vault' })], true)).toBe('queried');
  });

  it('says that nothing was compared where that is wanted', () => {
    const { reasons } = judge({ drills: [probing('data', 'compared')], defaults: 'proofGrade: compared' });
    expect(reasons[0]?.message).toBe(
      'drill d1 questioned it but compared nothing with a figure from outside the copy, which is wanted (test.yaml: defaults)',
    );
  });

  it('of a leaked drill is not that it came up, unless it was asked and answered', () => {
    const leaked = (fields: Partial<DrillRecord>) =>
      judge({ drills: [aDrill(orders, { result: 'leaked', ...fields })], defaults: 'proofGrade: restored' }).codes;
    expect(leaked({})).toEqual([]);
    expect(leaked({ grade: 'restored', probes: [] })).toEqual(['restore_failed']);
  });

  it('is never reached by what AWS Backup restored alone', () => {
    const point = aPoint(orders, { id: 'v', arn: 'arn:v', kind: 'backup_snapshot', vaultArn: vault.arn });
    const restoreTests = [aRestoreTest(point, { validation: 'successful' })];
    const inventory = anInventory({ databases: [orders], recoveryPoints: [point], vaults: [vault], restoreTests });
    const policy = parsePolicy('version: 1\ndefaults: { proofGrade: restored }\n', 'test.yaml');
    const view = judgeNow({ inventory, policy, drills: [], at: NOW }, orders);
    expect(view.reasons.map(({ code }) => code)).toEqual(['restore_proof_weak']);
  });
});
