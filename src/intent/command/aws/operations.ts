/**
 * The AWS operations that decide whether a database can come back: one table, one row an operation.
 *
 * A row says which options decide, and what the call is in API-level actions, with the CLI's own defaults. A row that
 * returns words instead of actions is understood and still not judged: the words say why.
 * Source: AWS CLI reference, `rds`, `backup`, `kms`, `secretsmanager`, `ec2`; effects in `aws-backup-facts.md`
 * section 2.
 */

import type { Action, ChangeClass, DeleteParameters, Prerequisite, Target } from '../../action.ts';
import type { Given } from './given.ts';

/** One operation. */
export interface Operation {
  /** `service operation`. */
  readonly name: string;
  readonly class: ChangeClass;
  /** Options that decide, without dashes; `--no-` forms are spelled out. */
  readonly options: readonly string[];
  /** The first of these that is given names the thing, for the address. */
  readonly shows: readonly string[];
  /** The calls, or why they are not judged. */
  readonly steps: (given: Given) => readonly Action[] | string;
  /** For operations whose class depends on what they are told. */
  readonly classOf?: (given: Given) => ChangeClass;
}

/** The longest retention that RDS takes: setting it can lower nothing. */
const RETENTION_DAYS_MAX = 35;
/** What KMS takes when the call names no window. Source: AWS KMS API, ScheduleKeyDeletion. */
const KEY_DELETION_WINDOW_DAYS = 30;

const DELETION = [
  ...['skip-final-snapshot', 'no-skip-final-snapshot', 'final-db-snapshot-identifier'],
  ...['delete-automated-backups', 'no-delete-automated-backups'],
];
const PROTECTION = [
  ...['backup-retention-period', 'deletion-protection', 'no-deletion-protection'],
  ...['apply-immediately', 'no-apply-immediately'],
];

/** RDS takes names in any case and keeps them in lower case. */
const inLowerCase = (name: string) => name.toLowerCase();

/** The rows; `docdb` and `neptune` send the same calls to the same endpoint as `rds`. */
export const OPERATIONS: readonly Operation[] = [
  ...databaseDeletion('delete-db-instance', 'db-instance-identifier', 'delete_db_instance'),
  ...databaseDeletion('delete-db-cluster', 'db-cluster-identifier', 'delete_db_cluster'),
  ...databaseChange('modify-db-instance', 'db-instance-identifier', 'modify_db_instance'),
  ...databaseChange('modify-db-cluster', 'db-cluster-identifier', 'modify_db_cluster'),
  ...everywhere('delete-db-snapshot', 'destroy', 'db-snapshot-identifier', (target) => ({
    kind: 'delete_db_snapshot',
    target,
  })),
  ...everywhere('delete-db-cluster-snapshot', 'destroy', 'db-cluster-snapshot-identifier', (target) => ({
    kind: 'delete_db_cluster_snapshot',
    target,
  })),
  automatedBackup('delete-db-instance-automated-backup', 'dbi-resource-id', 'db-instance-automated-backups-arn'),
  automatedBackup('delete-db-cluster-automated-backup', 'db-cluster-resource-id', null),
  row('rds stop-db-instance-automated-backups-replication', 'disarm', 'source-db-instance-arn', (target) => ({
    kind: 'stop_backup_replication',
    target,
  })),
  ...sharing('modify-db-snapshot-attribute', 'db-snapshot-identifier'),
  ...sharing('modify-db-cluster-snapshot-attribute', 'db-cluster-snapshot-identifier'),
  ...prerequisite('delete-db-subnet-group', 'db-subnet-group-name', 'subnet_group'),
  ...prerequisite('delete-option-group', 'option-group-name', 'option_group'),
  ...prerequisite('delete-db-parameter-group', 'db-parameter-group-name', 'parameter_group'),
  ...prerequisite('delete-db-cluster-parameter-group', 'db-cluster-parameter-group-name', 'parameter_group'),
  row('ec2 delete-security-group', 'destroy', 'group-id', (target) => ({
    kind: 'delete_prerequisite',
    target,
    prerequisite: 'security_group',
  })),
  row('secretsmanager delete-secret', 'destroy', 'secret-id', (target) => ({
    kind: 'delete_prerequisite',
    target,
    prerequisite: 'secret',
  })),
  {
    ...row('backup delete-recovery-point', 'destroy', 'recovery-point-arn', (target) => ({
      kind: 'delete_recovery_point',
      target,
    })),
    shows: ['recovery-point-arn'],
  },
  row('backup delete-backup-vault', 'destroy', 'backup-vault-name', (target) => ({
    kind: 'delete_backup_vault',
    target,
    // The call takes an empty vault only.
    force: false,
  })),
  row('backup delete-backup-vault-lock-configuration', 'disarm', 'backup-vault-name', (target) => ({
    kind: 'delete_vault_lock',
    target,
  })),
  {
    ...row('rds failover-global-cluster', 'update', 'global-cluster-identifier', () => []),
    options: ['global-cluster-identifier', 'allow-data-loss', 'no-allow-data-loss'],
    // Without it the call is a switchover, which waits until everything is replicated.
    classOf: (given) => (given.flag('allow-data-loss', true) === true ? 'unknown' : 'update'),
    steps: (given) =>
      given.flag('allow-data-loss', true) === true ? 'it gives up what the other region has not received yet' : [],
  },
  disarmsAhead('backup delete-backup-plan', 'backup-plan-id'),
  disarmsAhead('backup delete-backup-selection', 'selection-id'),
  disarmsAhead('backup delete-backup-vault-access-policy', 'backup-vault-name'),
  {
    ...row('kms schedule-key-deletion', 'destroy', 'key-id', () => []),
    options: ['key-id', 'pending-window-in-days'],
    steps: (given) => [
      {
        kind: 'schedule_key_deletion',
        target: keyTarget(given),
        windowDays: given.number('pending-window-in-days') ?? KEY_DELETION_WINDOW_DAYS,
      },
    ],
  },
  {
    ...row('kms disable-key', 'destroy', 'key-id', () => []),
    steps: (given) => [{ kind: 'disable_key', target: keyTarget(given) }],
  },
];

function row(
  name: string,
  kind: ChangeClass,
  option: string,
  step: (target: Target) => Action | readonly Action[],
): Operation {
  return {
    name,
    class: kind,
    options: [option],
    shows: [option],
    steps: (given) => [step(given.target(option, name.startsWith('rds ') ? inLowerCase : undefined))].flat(),
  };
}

function everywhere(operation: string, kind: ChangeClass, option: string, step: (target: Target) => Action) {
  return ['rds', 'docdb', 'neptune'].map((service) => ({
    ...row(`${service} ${operation}`, kind, option, step),
    steps: (given: Given) => [step(given.target(option, inLowerCase))],
  }));
}

function databaseDeletion(operation: string, option: string, kind: 'delete_db_instance' | 'delete_db_cluster') {
  return ['rds', 'docdb', 'neptune'].map(
    (service): Operation => ({
      name: `${service} ${operation}`,
      class: 'destroy',
      options: [option, ...DELETION],
      shows: [option],
      steps: (given) => [{ kind, target: given.target(option, inLowerCase), parameters: deleteParameters(given) }],
    }),
  );
}

/** Left null where the command is silent: AWS's own defaults differ for a cluster that AWS Backup looks after. */
function deleteParameters(given: Given): DeleteParameters {
  return {
    skipFinalSnapshot: given.flag('skip-final-snapshot', true),
    finalSnapshotId: given.text('final-db-snapshot-identifier')?.toLowerCase() ?? null,
    deleteAutomatedBackups: given.flag('delete-automated-backups', true),
    disarmsProtection: false,
  };
}

function databaseChange(operation: string, option: string, kind: 'modify_db_instance' | 'modify_db_cluster') {
  return ['rds', 'docdb', 'neptune'].map(
    (service): Operation => ({
      name: `${service} ${operation}`,
      class: 'update',
      options: [option, `new-${option}`, ...PROTECTION],
      shows: [option],
      // What the database has now is not in the command: anything but the longest retention may be a shorter one.
      classOf: (given) =>
        given.flag('deletion-protection', false) === false ||
        (given.has('backup-retention-period') && given.number('backup-retention-period') !== RETENTION_DAYS_MAX)
          ? 'disarm'
          : 'update',
      steps: (given) => {
        // A later call by the old name, or by the new one, may mean another database.
        if (given.has(`new-${option}`))
          return 'it renames the database, and what bears which name then is not worked out';
        const deletionProtection = given.flag('deletion-protection', false);
        const retentionDays = given.number('backup-retention-period');
        const applyImmediately = given.flag('apply-immediately', true);
        const target = given.target(option, inLowerCase);
        if (deletionProtection === null && retentionDays === null) return [];
        const change = {
          ...(deletionProtection !== null && { deletionProtection }),
          ...(retentionDays !== null && { retentionDays }),
          applyImmediately: applyImmediately ?? false,
        };
        return [{ kind, target, change }];
      },
    }),
  );
}

function automatedBackup(operation: string, byId: string, byArn: string | null): Operation {
  return {
    name: `rds ${operation}`,
    class: 'destroy',
    options: byArn === null ? [byId] : [byId, byArn],
    shows: byArn === null ? [byId] : [byId, byArn],
    steps: (given) => {
      if (byArn !== null && given.has(byArn)) return [{ kind: 'delete_automated_backup', target: given.target(byArn) }];
      const target = given.target(byId);
      // AWS takes either there; an ARN has become one already.
      const resourceId = target.arn === null ? target.identifier : null;
      return [{ kind: 'delete_automated_backup', target: { ...target, resourceId } }];
    },
  };
}

function sharing(operation: string, option: string): readonly Operation[] {
  return ['rds', 'docdb', 'neptune'].map((service) => ({
    name: `${service} ${operation}`,
    class: 'update' as const,
    options: [option, 'attribute-name', 'values-to-add', 'values-to-remove'],
    shows: [option],
    // Whoever is taken off the list loses the snapshot at once; copies made before stay theirs.
    classOf: (given: Given) => (given.has('values-to-remove') ? 'disarm' : 'update'),
    steps: (given: Given) =>
      given.has('values-to-remove') ? [{ kind: 'unshare_snapshot', target: given.target(option, inLowerCase) }] : [],
  }));
}

function prerequisite(operation: string, option: string, what: Prerequisite): readonly Operation[] {
  return everywhere(operation, 'destroy', option, (target) => ({
    kind: 'delete_prerequisite',
    target,
    prerequisite: what,
  }));
}

/** Future backups stop, or a deny-delete policy goes; the recovery points that exist stay. */
function disarmsAhead(name: string, option: string): Operation {
  return { name, class: 'disarm', options: [], shows: [option], steps: () => [] };
}

/** KMS takes a key id or a key's ARN here; an alias could point anywhere. */
function keyTarget(given: Given): Target {
  const target = given.target('key-id');
  const isKey =
    target.arn === null ? /^(?:mrk-)?[0-9a-fA-F-]{8,}$/.test(target.identifier) : target.arn.includes(':key/');
  if (!isKey) given.doubt('--key-id, which is no key id');
  return target;
}
