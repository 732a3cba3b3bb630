/**
 * Questions about where survivors lie, what else they would outlive, and how long they are kept.
 *
 * A survivor counts here only if its data are recent enough as well: a copy in another account that is a year old meets
 * no objective. One whose age AWS does not say may be, so that it makes a shortfall unknown. Nor does one count whose kind
 * of restore failed when it was last tried; one never tried does, since only its presence is asked for here. A loss that
 * follows is folded over the world as the change leaves it.
 */

import { addSeconds, type Days, type Instant, latest, printDuration, SECONDS_PER_DAY } from '../core/time.ts';
import type { DrillRecord } from '../drill/model.ts';
import { type RequiredLoss, SURVIVOR_CLASSES, type SurvivorClass } from '../policy/model.ts';
import { isAlive } from '../survival/fate.ts';
import { ASSUMED, meet } from '../survival/losses.ts';
import { pointsOf } from '../survival/survive.ts';
import { type Answer, type Asked, answered, fallenShort, shortfall } from './answer.ts';
import type { Case } from './case.ts';
import { reason } from './reason.ts';
import type { ReasonCode } from './reasons.ts';
import { retentionRemedy } from './remedies.ts';
import { isOfClass, notFailed, type Survivor } from './survivors.ts';

/** The answers on distance, on losses that follow, and on retention; none for what is not asked. */
export function distanceAnswers(
  input: Case,
  survivors: readonly Survivor[],
  drills: readonly DrillRecord[],
): readonly Answer[] {
  const { survivorsMin, survivorsAfterLossMin, retentionSecondsMin } = input.requirement;
  const classes = SURVIVOR_CLASSES.filter((name) => name !== 'outside_plan' && survivorsMin[name].value > 0);
  const counted = notFailed(survivors, input, drills);
  const failed = survivors.filter((survivor) => !counted.includes(survivor));
  const found: Found = { counted, failed };
  return [
    ...classes.map((name) => classAnswer(input, name, found)),
    ...survivorsAfterLossMin.map(({ loss }) => lossAnswer(input, loss, found)),
    ...(retentionSecondsMin.value === null ? [] : [retentionAnswer(input, retentionSecondsMin.value, found)]),
  ];
}

/** The survivors that count, and those whose kind of restore failed when it was last tried. */
interface Found {
  readonly counted: readonly Survivor[];
  readonly failed: readonly Survivor[];
}

/** The survivors that would be left if a loss followed the change. */
export function leftAfter(input: Case, loss: RequiredLoss, counted: readonly Survivor[]): readonly Survivor[] {
  const left = new Set(pointsAfter(input, loss).flatMap(({ point, fate }) => (isAlive(fate) ? point.arn : [])));
  return counted.filter(({ arn }) => left.has(arn));
}

/** How much of a survivor's age counts against the objective: of a bad write, what came after it is not missed. */
export function ageAfter(input: Case, { view }: Survivor, loss: RequiredLoss | null = null): number | null {
  if (view.dataLossSeconds === null || loss !== 'bad_write') return view.dataLossSeconds;
  return Math.max(0, view.dataLossSeconds - assumedBy(input).detectionSeconds);
}

const CLASS_WORDS: Readonly<Record<SurvivorClass, string>> = {
  outside_plan: 'outside the change',
  outside_principal: "outside the asker's reach",
  other_region: 'in another region',
  other_account: 'in another account',
};

function classAnswer(input: Case, name: SurvivorClass, { counted, failed }: Found): Answer {
  const { value: wanted, origin } = input.requirement.survivorsMin[name];
  const isThere = (survivor: Survivor) => isOfClass(survivor, name, input.database);
  const asked = { requirement: `survivors_${name}`, wanted, origin } as const;
  const unsure = pointsOf(input.survival.after, input.database).filter(({ fate }) => fate.word === 'unknown');
  return counting(input, counted.filter(isThere), {
    asked,
    failed: failed.filter(isThere),
    unsure: unsure.length,
    short: 'survivors_too_near',
    where: CLASS_WORDS[name],
  });
}

function lossAnswer(input: Case, loss: RequiredLoss, { counted, failed }: Found): Answer {
  const wish = input.requirement.survivorsAfterLossMin.find((asked) => asked.loss === loss);
  const { value: wanted, origin } = wish?.min ?? { value: 0, origin: '' };
  const asked = { requirement: 'survivors_after_loss', loss, wanted, origin } as const;
  const unsure = pointsAfter(input, loss).filter(({ fate }) => fate.word === 'unknown');
  const where = `if ${loss.replaceAll('_', ' ')} followed`;
  return counting(input, leftAfter(input, loss, counted), {
    asked,
    failed: leftAfter(input, loss, failed),
    unsure: unsure.length,
    short: 'loss_not_survived',
    where,
    loss,
  });
}

interface Counting {
  readonly asked: Omit<Asked, 'found'> & { readonly wanted: number };
  /** Those that would count as well, had not the last restore of their kind failed. */
  readonly failed: readonly Survivor[];
  /** Points whose fate is not known. */
  readonly unsure: number;
  readonly short: ReasonCode;
  readonly where: string;
  readonly loss?: RequiredLoss;
}

function counting(
  input: Case,
  there: readonly Survivor[],
  { asked, failed, unsure, short, where, loss }: Counting,
): Answer {
  const { recent, undated } = byAge(input, there, loss);
  const question = { ...asked, found: recent.length };
  if (recent.length >= asked.wanted) {
    return answered(
      question,
      recent.map(({ view }) => view.id),
    );
  }
  const said = `${recent.length} recent enough would be left ${where}, ${asked.wanted} wanted (${asked.origin})`;
  if (unsure > 0) return shortfall(input, question, 'survival_unknown', `${said}; the fate of ${unsure} is not known`);
  if (recent.length + undated.length >= asked.wanted)
    return shortfall(input, question, 'data_loss_unknown', `${said}; AWS does not say from when ${undated.length} are`);
  return shortfall(input, question, short, said + failedWords(byAge(input, failed, loss)));
}

/** What to say of those that are there and recent enough, and not counted. */
function failedWords({ recent, undated }: ReturnType<typeof byAge>): string {
  const count = recent.length + undated.length;
  if (count === 0) return '';
  return count === 1
    ? '; 1 more is of a kind whose last restore failed'
    : `; ${count} more are of kinds whose last restore failed`;
}

/** Those recent enough, and those that may be. */
function byAge(input: Case, survivors: readonly Survivor[], loss: RequiredLoss | null = null) {
  const rpo = input.requirement.rpoSecondsMax.value;
  const ages = survivors.map((survivor) => ({ survivor, age: ageAfter(input, survivor, loss) }));
  return {
    recent: ages.filter(({ age }) => age !== null && age <= rpo).map(({ survivor }) => survivor),
    undated: ages.filter(({ age }) => age === null).map(({ survivor }) => survivor),
  };
}

/** RDS keeps automated backups no longer. Source: Amazon RDS API, ModifyDBInstance, BackupRetentionPeriod. */
const RETENTION_DAYS_MAX: Days = 35;

function retentionAnswer(input: Case, floor: number, { counted, failed }: Found): Answer {
  const { requirement, at, lives = false } = input;
  const { origin } = requirement.retentionSecondsMin;
  const asked = { requirement: 'retention', wanted: floor, origin } as const;
  const own = retentionDaysAfter(input) * SECONDS_PER_DAY;
  const wanted = Math.min(floor, RETENTION_DAYS_MAX * SECONDS_PER_DAY);
  if (lives && own < wanted) {
    const message = `automated backups are kept ${printDuration(own)}, ${printDuration(wanted)} wanted (${origin})`;
    const remedy = retentionRemedy(input.database, Math.ceil(wanted / SECONDS_PER_DAY));
    return fallenShort({ ...asked, found: own }, [reason('retention_too_short', message, { remedy })]);
  }
  const isKept = ({ view }: Survivor) => view.expiresAt === null || view.expiresAt >= addSeconds(at, floor);
  const { recent, undated } = byAge(input, counted.filter(isKept));
  if (recent.length > 0) {
    return answered(
      { ...asked, found: floor },
      recent.map(({ view }) => view.id),
    );
  }
  if (undated.length > 0) {
    const message = `AWS does not say from when ${undated.length} are that are kept for ${printDuration(floor)} (${origin})`;
    return shortfall(input, { ...asked, found: null }, 'data_loss_unknown', message);
  }
  const ends = byAge(input, counted).recent.flatMap(({ view }) => view.expiresAt ?? []);
  const last = ends.reduce<Instant>(latest, ends[0] ?? at);
  const message = `the last recent enough survivor ends at ${last}, ${printDuration(floor)} from now wanted (${origin})`;
  const besides = failedWords(byAge(input, failed.filter(isKept)));
  return shortfall(input, { ...asked, found: null }, 'retention_too_short', message + besides);
}

/** How long the living database keeps its automated backups once the change has been made. */
function retentionDaysAfter({ database, survival }: Case): Days {
  const after = survival.folded.databases.find((tracked) => tracked.database.resourceId === database.resourceId);
  return (after?.database ?? database).retentionDays;
}

function pointsAfter(input: Case, loss: RequiredLoss) {
  const { survival, database } = input;
  return pointsOf(meet(survival.folded, database, loss, assumedBy(input)), database);
}

function assumedBy({ requirement, unnoticedSeconds }: Case): typeof ASSUMED {
  const detectionSeconds = unnoticedSeconds ?? requirement.detectionSeconds.value;
  return detectionSeconds > 0 ? { ...ASSUMED, detectionSeconds } : ASSUMED;
}
