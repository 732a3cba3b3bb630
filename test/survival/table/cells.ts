/**
 * Tables 3.1, 3.2 and 3.3 of the facts about AWS backups, cell by cell.
 *
 * A cell reads `fate: facts`: what survival must say of the recovery point (`deleted` of live data, `none` where
 * nothing is made), then the verdict of the facts with its source letters as they stand there. `-` is a cell that does not
 * apply. Where the facts say S and survival says `unknown`, it was unknown before: a shared snapshot is its owner's to
 * take away (facts, section 5, 29). `unreadable` of an export is note 5: the bytes stay, and restore nothing.
 */

/** One cell of a table. */
export interface Cell {
  readonly table: string;
  readonly kind: string;
  readonly column: string;
  readonly fate: string;
  readonly facts: string;
}

/** 3.1, an instance. */
const INSTANCE_DELETED = `
| kind | skip, delete auto | skip, keep auto | final, delete auto | final, keep auto |
| live data | deleted: L a | deleted: L a | deleted: L a | deleted: L a |
| K1 | lost: L b | survives_until: C(1) becomes K3, c | lost: L b | survives_until: C(1) c |
| K2 | lost: L b | survives_until: C(1) c | lost: L b | survives_until: C(1) c |
| K3 | survives: S D | survives: S D | survives: S D | survives: S D |
| K4 | survives_until: S(3) b | survives_until: S(3) b | survives_until: S(3) b | survives_until: S(3) b |
| K5 | none: never made | none: never made | survives: S(4) a | survives: S(4) a |
| K6 | survives: S a | survives: S a | survives: S a | survives: S a |
| K7 | survives: S e | survives: S e | survives: S e | survives: S e |
| K8 | survives: S e | survives: S e | survives: S e | survives: S e |
| K9 | unknown: S q | unknown: S q | unknown: S q | unknown: S q |
| K10 | unknown: S q, as K9 | unknown: S q, as K9 | unknown: S q, as K9 | unknown: S q, as K9 |
| K11 | unreadable: S(5) x | unreadable: S(5) x | unreadable: S(5) x | unreadable: S(5) x |
| K12 | survives: S j | survives: S j | survives: S j | survives: S j |
| K13 | survives: B(6) w | survives_until: C(1) D | survives: B(6) w | survives_until: C(1) D |
| K14 other region | survives: S i l m | survives: S | survives: S | survives: S |
| K14 other account | survives: S i l m | survives: S | survives: S | survives: S |
| K15 governance | survives: S i l m | survives: S | survives: S | survives: S |
| K15 compliance | survives: S i l m | survives: S | survives: S | survives: S |
| K16 | survives: S i l m | survives: S | survives: S | survives: S |
`;

/** 3.1, an Aurora cluster; rows C1 to C4 and, of what K7 to K16 are for clusters, C6. */
const AURORA_DELETED = `
| kind | skip, delete auto | skip, keep auto | final, delete auto |
| live data | deleted: L f | deleted: L f | deleted: L f |
| C1 | lost: L f | survives_until: C(2) becomes C3, g | lost: L f |
| C2 | lost: L f | survives_until: C(2) g | lost: L f |
| C3 | survives: S D | survives: S D | survives: S D |
| C4 final | none: never made | none: never made | survives: S(4) h |
| C4 | survives: S f | survives: S f | survives: S f |
| C6 of K7 | survives: S e | survives: S e | survives: S e |
| C6 of K8 | survives: S e | survives: S e | survives: S e |
| C6 of K9 | unknown: S q | unknown: S q | unknown: S q |
| C6 of K11 | unreadable: S(5) x | unreadable: S(5) x | unreadable: S(5) x |
| C6 of K12 | survives: S j | survives: S j | survives: S j |
| C6 of K13 | survives: B(6) w | survives_until: C(2) w | survives: B(6) w |
| C6 of K14 other region | survives: S | survives: S | survives: S |
| C6 of K15 governance | survives: S | survives: S | survives: S |
| C6 of K15 compliance | survives: S | survives: S | survives: S |
| C6 of K16 | survives: S | survives: S | survives: S |
`;

/** 3.1, a Multi-AZ DB cluster, which has neither copies nor shares nor AWS Backup's PITR. */
const MULTI_AZ_DELETED = `
| kind | skip, delete auto | skip, keep auto | final, delete auto | final, keep auto |
| live data | deleted: L f | deleted: L f | deleted: L f | deleted: L f |
| C5 | lost: L u | lost: L u | lost: L u | lost: L u |
| C5 snapshot | lost: L u D | lost: L u D | lost: L u D | lost: L u D |
| C4 final | none: never made | none: never made | survives: S(4) if asked f | survives: S(4) if asked f |
| C4 | survives: S f | survives: S f | survives: S f | survives: S f |
| C6 of K11 | unreadable: S(5) x | unreadable: S(5) x | unreadable: S(5) x | unreadable: S(5) x |
| C6 of K12 | survives: S j | survives: S j | survives: S j | survives: S j |
`;

/** 3.2, the database stays: what is done to its retention and through RDS. */
const BACKUPS_CHANGED = `
| kind | retention 0 | retention 7 to 1 | delete snapshot | delete automated backup | stop replication | un-share |
| K1 | lost: L(7) v d | survives: C(8) D | - | survives: B a(API) | survives: S o | - |
| K2 | lost: L(7) d | unknown: C(8) D | survives: B (GH#13800) | - | survives: S | - |
| K3 | survives: - | survives: - | - | lost: L API | survives: - | - |
| K3 inside | - | - | survives_until: B(11) D | - | - | - |
| K4 | unknown: C(12) D, U | survives: S(13) D | - | lost: L API | survives_until: S o | - |
| K6 | survives: S v | survives: S v | lost: L API | - | survives: S | survives: S |
| K7 | survives: S v | survives: S v | lost: L API | - | survives: S | survives: S |
| K8 | survives: S v | survives: S v | lost: L API | - | survives: S | survives: S |
| K9 | unknown: S | unknown: S | lost: L (owner does it) q | - | - | lost: L for the consumer; copies stay q |
| K10 | unknown: S, as K9 | unknown: S, as K9 | lost: L, as K9 q | - | - | lost: L, as K9 q |
| C1 | survives: B (min 1) API | survives: C(8) | - | survives: B API | - | - |
| C2 | survives: B | unknown: C(8) | survives: B (GH#511) | - | - | - |
| C3 | survives: - | survives: - | - | lost: L API | - | - |
| C4 | survives: S | survives: S | lost: L API | - | - | survives: S |
| C6 of K7 | survives: S, as K7 | survives: S, as K7 | lost: L API | - | - | survives: S |
| K11 | unreadable: S | unreadable: S | unreadable: S D | - | - | - |
| K12 | survives: S | survives: S | survives: B(14) d | - | - | - |
| K13 | survives: B(16) (GH#1356) | survives: B(16) | - | - | - | - |
| K14 other region | survives: S | survives: S | survives: B(14) | - | - | - |
| K15 governance | survives: S | survives: S | survives: B(14) | - | - | - |
| K15 compliance | survives: S | survives: S | survives: B(14) | - | - | - |
| K16 | survives: S | survives: S | - | - | - | - |
`;

/** 3.2, through AWS Backup. K1 and K2, C1 and C2 here are those of a database whose PITR it owns. */
const VAULTS_CHANGED = `
| kind | delete recovery point | disassociate | delete plan | delete vault |
| K1 | lost: L(9) if K13, k | survives: S i | survives: S(10) D | - |
| K2 | lost: L(9) k | survives: S i | survives: S D | - |
| C1 | survives: retention becomes 1 day, k | survives: S i | survives: S D | - |
| C2 | unknown: as C1 | survives: S | survives: S | - |
| K12 | lost: L i | survives: B (snapshots unsupported) i | survives: S(15) D | survives: B unless empty i |
| K13 | lost: L(9) k | survives: S as K1 i | survives: S(15) BDG/PITR-removing-rule | survives: B unless empty |
| C6 of K13 | unknown: cannot be removed, k (2.7) | survives: S as C1 i | survives: S(15) | survives: B unless empty |
| K14 other region | lost: L in its own account i | survives: B | survives: S(15) | survives: B unless empty |
| K15 governance | survives: B until the lock is removed l | survives: B D | survives: S(15) | survives: B l |
| K15 compliance | survives: B for everyone l | survives: B D | survives: S(15) | survives: B l |
| K16 | survives: B m | - | survives: S(15) | survives: B m |
`;

/** 3.3, the database's key. */
const KEY_LOST = `
| kind | key disabled | key deletion scheduled | key deleted |
| K1 | unreadable: C(17) n | unreadable: C(18) n | lost: L if that key, n |
| K2 | unreadable: C(17) n | unreadable: C(18) n | lost: L if that key, n |
| C1 | unreadable: C(17) n | unreadable: C(18) n | lost: L if that key, n |
| C2 | unreadable: C(17) n | unreadable: C(18) n | lost: L if that key, n |
| K3 | unreadable: C(17) | unreadable: C(18) | lost: L n |
| C3 | unreadable: C(17) | unreadable: C(18) | lost: L n |
| K4 | survives: own key | survives: own key | survives: own key |
| K6 | unreadable: C(17) | unreadable: C(18) | lost: L n |
| C4 | unreadable: C(17) | unreadable: C(18) | lost: L n |
| K7 | survives: own key | survives: own key | survives: own key |
| K8 | survives: own key | survives: own key | survives: own key |
| K9 | unknown: owner key | unknown: owner key | unknown: owner key |
| K10 | unknown: none | unknown: none | unknown: none |
| K11 | unreadable: export key | unreadable: export key | unreadable: export key |
| K12 | unreadable: C(17) database key | unreadable: C(18) | lost: L BDG/encryption |
| K13 | unreadable: C(17) | unreadable: C(18) | lost: L |
| K14 other region | survives: own vault key | survives: own | survives: own |
| K15 governance | unreadable: C(17), lock does not help D | unreadable: C(18) D | lost: L despite the lock D |
| K15 compliance | unreadable: C(17), lock does not help D | unreadable: C(18) D | lost: L despite the lock D |
| K16 | survives: S with AWS owned key m | survives: same | survives: same |
| K16 under a key | survives: own CMK | survives: own CMK | survives: own CMK |
`;

/** 3.3, the key of the copy itself. */
const OWN_KEY_LOST = `
| kind | own key disabled | own key deletion scheduled | own key deleted |
| K4 | unreadable: C(17) own key, p | unreadable: C(18) | lost: L own key p |
| K7 | unreadable: own key | unreadable: own key | lost: own key |
| K8 | unreadable: own key | unreadable: own key | lost: own key |
| K9 | unknown: C(17) owner key | unknown: C(18) | lost: L |
| K11 | unreadable: export key | unreadable: export key | lost: L |
| K14 other region | unreadable: own vault key | unreadable: own | lost: own |
| K16 under a key | unreadable: C with CMK m | unreadable: same | lost: same |
`;

/** 3.3, the account that owns the database, and its Region. */
const PLACE_LOST = `
| kind | account closed | owner account of the share closed | region lost |
| live data | deleted: L after 90 d r | alive: another account | deleted: L D |
| K1 | lost: L after 90 d r | - | lost: L D |
| K2 | lost: L after 90 d r | - | lost: L D |
| C1 | lost: L after 90 d r | - | lost: L D |
| C2 | lost: L after 90 d r | - | lost: L D |
| K3 | lost: L r | - | lost: L |
| C3 | lost: L r | - | lost: L |
| K4 | lost: L r (same account) | - | survives: S if other Region |
| K6 | lost: L r | - | lost: L |
| C4 | lost: L r | - | lost: L |
| K7 | lost: L r | - | survives: S |
| K8 | survives: S (its account) | - | lost: not in another Region |
| K8 far | survives: S (its account) | - | survives: S if other Region |
| K9 | unknown: the sharer's account stays | lost: L r | lost: L |
| K10 | unknown: the sharer's account stays | lost: L r | lost: L |
| K11 | lost: bucket's account | - | lost: bucket's Region |
| K12 | lost: L r | - | lost: L |
| K13 | lost: L r | - | lost: L |
| K14 other account | survives: S if other account | - | lost: not in another Region |
| K14 other region | lost: not in another account | - | survives: S if other Region |
| K15 governance | lost: L after 90 d despite the lock l | - | lost: L |
| K15 compliance | lost: L after 90 d despite the lock l | - | lost: L |
| K16 | lost: reachable by multi-party approval until 90 d, then L m | - | lost: L unless copied |
`;

/**
 * 3.3, infrastructure code by its defaults. The provider's own defaults make its destroy fail, because they want a final
 * snapshot that nobody named; the second column is what follows once somebody has got it through.
 */
const CODE_DESTROYS = `
| kind | terraform destroy, defaults | once it goes through | its backups in the same state | a final snapshot named | CloudFormation stack deleted |
| live data | alive: fails at the database s | deleted: L a | deleted: L a | deleted: L a | deleted: L CFN/DBInstance |
| K1 | survives: fails at the database s | lost: L a | - | lost: L a | lost: L CFN/DBInstance |
| K2 | survives: fails at the database s | lost: L a | - | lost: L a | lost: L CFN/DBInstance |
| C1 | survives: fails at the database s | lost: L a | - | lost: L a | lost: L CFN/DBInstance |
| C2 | survives: fails at the database s | lost: L a | - | lost: L a | lost: L CFN/DBInstance |
| K3 | survives: S D | survives: S D | - | survives: S D | survives: S D |
| C3 | survives: S D | survives: S D | - | survives: S D | survives: S D |
| K4 | survives: fails at the database s | survives_until: S, becomes retained (TFc, o) | survives_until: S, becomes retained (TFc, o) | survives_until: S | survives_until: S b |
| K5 | none: never made | none: only if skip=false and identifier set | - | survives: S(4) a | survives: S (policy Snapshot) t |
| C4 final | none: never made | none: only if skip=false and identifier set | - | survives: S(4) h | survives: S (policy Snapshot) t |
| K6 | survives: S s | survives: S s | lost: L, before the database s | survives: S s | survives: S CFN |
| C4 | survives: S s | survives: S s | lost: L, before the database s | survives: S s | survives: S CFN |
| K7 | survives: S | survives: S if outside the state | lost: else L s | survives: S | survives: S |
| K8 | survives: S | survives: S | - | survives: S | survives: S |
| K9 | unknown: S | unknown: S | - | unknown: S | unknown: S |
| K10 | unknown: S, as K9 | unknown: S, as K9 | - | unknown: S, as K9 | unknown: S, as K9 |
| K11 | unreadable: S | unreadable: S | - | unreadable: S | unreadable: S |
| K12 | survives: S | survives: S | lost: L with force_destroy=true TFc | survives: S | survives: S |
| K13 | survives: fails at the database s | lost: as K1 | lost: as K1 | lost: as K1 | lost: as K1 |
| K14 other region | survives: S | survives: S | lost: that vault in the state with force_destroy | survives: S | survives: S |
| K14 other account | survives: S | survives: S | lost: that vault in the state with force_destroy | survives: S | survives: S |
| K15 governance | survives: S | survives: S | lost: governance lock in the same state is removed s | survives: S | survives: S l |
| K15 compliance | survives: S | survives: S l | survives: compliance S l | survives: S l | survives: S l |
| K16 | survives: S m | survives: S m | survives: S m | survives: S m | survives: S m |
`;

/** Every table, by what happens in it. */
export const TABLES = {
  'an instance is deleted': INSTANCE_DELETED,
  'an Aurora cluster is deleted': AURORA_DELETED,
  'a Multi-AZ DB cluster is deleted': MULTI_AZ_DELETED,
  'its backups are changed through RDS': BACKUPS_CHANGED,
  'its backups are changed through AWS Backup': VAULTS_CHANGED,
  "the database's key goes": KEY_LOST,
  "the copy's own key goes": OWN_KEY_LOST,
  'its place goes': PLACE_LOST,
  'infrastructure code destroys it': CODE_DESTROYS,
} as const;
export type TableName = keyof typeof TABLES;

/** The cells of a table, those left out that do not apply. */
export function cellsOf(table: TableName): readonly Cell[] {
  const [head = [], ...rows] = TABLES[table].trim().split('\n').map(splitRow);
  const columns = head.slice(1);
  return rows.flatMap(([kind = '', ...cells]) => {
    if (cells.length !== columns.length) throw new Error(`${table}, ${kind}: ${cells.length} cells`);
    return columns.flatMap((column, index) => {
      const cell = cells[index] ?? '-';
      const [, fate = '', facts = ''] = /^([a-z_]+): (.+)$/.exec(cell) ?? [];
      if (fate === '' && cell !== '-') throw new Error(`${table}, ${kind}: ${cell}`);
      return fate === '' ? [] : [{ table, kind, column, fate, facts }];
    });
  });
}

function splitRow(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
