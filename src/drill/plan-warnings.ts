/**
 * What somebody should know before a planned drill is run, and nothing that forbids it.
 *
 * Mostly what AWS fills in where a definition says nothing, and what was not read and is therefore taken on trust.
 * Source: aws-backup-facts.md 4.1 (4, 6, 7, 8), 4.2; Amazon RDS User Guide, "Restoring to a DB instance".
 */

import { printScope } from '../core/arn.ts';
import type { Inventory } from '../inventory/model.ts';
import { comparesWithDrill } from './baseline.ts';
import type { DrillPlan } from './drill-plan.ts';
import type { DrillSubject } from './select.ts';

/** The warnings of one plan, in words, most serious first. */
export function warningsOf(plan: DrillPlan, subject: DrillSubject, inventory: Inventory): readonly string[] {
  return [
    ...networkWarnings(plan),
    ...keyWarnings(plan, inventory),
    ...abroadWarnings(plan, inventory),
    ...versionWarnings(plan, inventory),
    ...groupWarnings(plan, subject),
    ...serverlessWarnings(plan),
    ...probeWarnings(plan),
    ...(plan.otherClass
      ? [
          `the scratch runs on ${plan.shape.instanceClass}, not on the class of the source: its restore time holds for that class only`,
        ]
      : []),
    ...(plan.database.masterUsername === null
      ? ['who may sign in to the database was not read: the probes may not be able to connect']
      : []),
  ];
}

function networkWarnings({ shape, scope }: DrillPlan): readonly string[] {
  const { securityGroupIds, subnetGroup } = shape;
  return [
    ...(securityGroupIds.length === 0
      ? [
          "no security group is named: the scratch gets the VPC's default security group, and is torn down at once if production uses that too",
        ]
      : []),
    ...(subnetGroup === null
      ? [`no subnet group is named: the scratch gets the default one of ${printScope(scope)}, if there is one`]
      : []),
  ];
}

function keyWarnings({ point, restore }: DrillPlan, { recoveryPoints, keys }: Inventory): readonly string[] {
  const own = recoveryPoints.find(({ arn, kind }) => arn === point.arn && kind === point.kind)?.keyArn ?? null;
  const copy = restore.by === 'snapshot' ? (restore.bring?.keyArn ?? null) : null;
  return [own, copy]
    .filter((arn) => arn !== null && !keys.some((key) => key.arn === arn))
    .map((arn) => `the state of the key ${arn} was not read: whether it can be used is not known`);
}

/** Lets a snapshot be copied to another region, in the policy of `infra/`: the request there carries no tags of its own. */
const BRING_TAG = 'muster:bring';

function abroadWarnings({ point, restore, scope }: DrillPlan, { recoveryPoints }: Inventory): readonly string[] {
  const from = restore.by === 'snapshot' ? (restore.bring?.fromRegion ?? scope.region) : scope.region;
  const tags = recoveryPoints.find(({ arn, kind }) => arn === point.arn && kind === point.kind)?.tags ?? {};
  return from === scope.region || tags[BRING_TAG] === 'true'
    ? []
    : [
        `${point.id} does not bear the tag ${BRING_TAG}=true: under the policy in infra/ it cannot be copied out of ${from}`,
      ];
}

function versionWarnings({ point, scope }: DrillPlan, { engineVersions }: Inventory): readonly string[] {
  const gone = engineVersions.some(
    ({ engine, engineVersion, accountId, region, offered }) =>
      !offered &&
      engine === point.engine &&
      engineVersion === point.engineVersion &&
      accountId === scope.accountId &&
      region === scope.region,
  );
  return gone
    ? [`${printScope(scope)} no longer offers ${point.engine} ${point.engineVersion}: AWS may refuse, or upgrade it`]
    : [];
}

/** Engines whose options are part of the data: a restore without them is refused. */
const WITH_OPTIONS = /^(oracle|sqlserver)-/;

function groupWarnings({ shape, point }: DrillPlan, { database }: DrillSubject): readonly string[] {
  const own = database?.parameterGroup ?? null;
  const options = database?.optionGroups.filter((group) => !group.startsWith('default:')) ?? [];
  return [
    ...(shape.parameterGroup === null && own !== null && !own.startsWith('default.')
      ? [`the source uses the parameter group ${own}, the scratch the engine's default`]
      : []),
    ...(shape.optionGroup === null && options.length > 0 && WITH_OPTIONS.test(point.engine)
      ? [
          `the source uses the option group ${options.join(', ')}: name scratch.optionGroup if its options are permanent`,
        ]
      : []),
  ];
}

/**
 * Source: AWS Backup Developer Guide, "Restoring an Amazon Aurora cluster" and "Restore testing inferred metadata": no key
 * sets the capacity of Aurora Serverless v2, without which RDS refuses a serverless member.
 */
function serverlessWarnings({ restore, shape }: DrillPlan): readonly string[] {
  return restore.by === 'vault' && shape.instanceClass === 'db.serverless'
    ? [
        'AWS Backup documents no capacity for Aurora Serverless v2: RDS may refuse the member; name another scratch.class in the definition',
      ]
    : [];
}

function probeWarnings({ probes, baseline, point }: DrillPlan): readonly string[] {
  const comparing = probes.filter(comparesWithDrill).filter(({ name }) => baseline?.results[name] === undefined);
  return [
    ...(probes.length === 0
      ? ['no probe is asked: the drill can show that the database starts, not that data are in it']
      : []),
    ...(comparing.length === 0
      ? []
      : [
          `no earlier drill answered ${comparing.map(({ name }) => JSON.stringify(name)).join(', ')}: nothing is compared this time`,
        ]),
    ...(point.dataAt === null && probes.some(({ kind }) => kind === 'marker')
      ? ['AWS does not say of when the data are: a marker cannot be held against it']
      : []),
  ];
}
