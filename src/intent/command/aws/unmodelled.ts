/**
 * AWS operations without a row of their own: which are known to be harmless, which are known to be too much.
 *
 * In a watched service an operation is harmless only by its verb or by name; everything else there is opaque. In any
 * other service a deletion is `other_destroy`. Operations that start something nobody can see from here are opaque
 * wherever they are.
 * Source: AWS CLI reference, the service of each name; `aws-backup-facts.md` 2.7 to 2.9.
 */

import type { ChangeClass } from '../../action.ts';

/** A class for an operation; `why` makes it opaque. */
export interface Judged {
  readonly class: ChangeClass;
  readonly why: string | null;
}

const WATCHED = new Set([
  ...['rds', 'docdb', 'docdb-elastic', 'neptune', 'backup', 'backup-gateway', 'kms', 'cloudformation', 'cloudcontrol'],
  ...['dms', 'organizations', 'account', 'iam', 'ram', 's3', 's3api', 's3control', 'elasticbeanstalk', 'dlm', 'fis'],
  ...[
    'servicecatalog',
    'proton',
    'opsworks',
    'controltower',
    'backupsearch',
    'dsql',
    'deploy',
    'opsworks-cm',
    'sso-admin',
    'resourcegroupstaggingapi',
    'rds-data',
    'neptune-graph',
    'neptunedata',
  ],
]);

const READS = new Set(
  'describe list get wait help head lookup search ls presign batch-get tail filter view preview simulate query scan count estimate validate check'.split(
    ' ',
  ),
);
const WATCHED_READS = new Set(['describe', 'list', 'get', 'wait', 'help', 'head']);
const DELETES = new Set('delete terminate remove deregister purge destroy batch-delete'.split(' '));

/** Whatever begins so sets something off; what starts a machine or a query is named below. */
const STARTS =
  /^(?:invoke|execute|submit|redrive|test-invoke|activate-pipeline)(?:-|$)|^(?:start|redrive|retry|restart)-.*(?:execution|run|job|build|task|pipeline|workflow|trigger|associations-once|application|session|experiment)(?:-|$)|maintenance-window-task$|task-with-maintenance-window$/;

const NOTHING: Judged = { class: 'none', why: null };
const UPDATE: Judged = { class: 'update', why: null };
const CREATE: Judged = { class: 'create', why: null };
const OTHER: Judged = { class: 'other_destroy', why: null };
const RUNS: Judged = {
  class: 'unknown',
  why: 'it starts something elsewhere, and what that does is not in the command',
};

/** Operations by name. */
const NAMED: ReadonlyMap<string, Judged> = new Map([
  ...all('rds', NOTHING, 'generate-db-auth-token download-db-log-file-portion'),
  ...all(
    'rds',
    UPDATE,
    'create-db-snapshot create-db-cluster-snapshot copy-db-snapshot copy-db-cluster-snapshot reboot-db-instance reboot-db-cluster start-db-instance start-db-cluster stop-db-instance stop-db-cluster failover-db-cluster start-db-instance-automated-backups-replication start-export-task create-db-parameter-group create-db-cluster-parameter-group create-option-group create-db-subnet-group create-event-subscription create-db-proxy create-db-cluster-endpoint copy-db-parameter-group copy-option-group',
  ),
  ...all(
    'rds',
    CREATE,
    'create-db-instance create-db-cluster create-db-instance-read-replica restore-db-instance-from-db-snapshot restore-db-instance-to-point-in-time restore-db-cluster-from-snapshot restore-db-cluster-to-point-in-time',
  ),
  ...all('rds', OTHER, 'delete-db-proxy delete-db-proxy-endpoint delete-db-cluster-endpoint delete-event-subscription'),
  ...all('rds', because('destroy', 'what becomes of the members is not modelled'), 'delete-global-cluster'),
  ...all(
    'rds',
    because('disarm', 'the member keeps its data and loses its copies in other regions; that is not modelled'),
    'remove-from-global-cluster',
  ),
  ...all('rds', because('destroy', 'it may delete the database on the other side'), 'delete-blue-green-deployment'),
  ...all(
    'backup',
    UPDATE,
    'start-backup-job start-copy-job create-backup-plan create-backup-selection create-backup-vault create-logically-air-gapped-backup-vault create-legal-hold start-report-job',
  ),
  ...all('backup', CREATE, 'start-restore-job'),
  ...all('backup', OTHER, 'delete-backup-vault-notifications delete-framework delete-report-plan'),
  ...all(
    'backup',
    because('disarm', 'it may shorten how long the recovery point is kept'),
    'update-recovery-point-lifecycle',
  ),
  ...all(
    'backup',
    because('disarm', 'AWS Backup forgets the recovery point; what RDS goes on keeping is not modelled'),
    'disassociate-recovery-point disassociate-recovery-point-from-parent',
  ),
  ...all(
    'kms',
    NOTHING,
    'encrypt decrypt re-encrypt sign verify generate-data-key generate-data-key-without-plaintext generate-random generate-mac verify-mac',
  ),
  ...all('kms', UPDATE, 'enable-key cancel-key-deletion create-key create-alias enable-key-rotation create-grant'),
  ...all('kms', OTHER, 'delete-alias'),
  ...all(
    'kms',
    because('unknown', 'the new policy may shut out those who must restore, and its text is not read'),
    'put-key-policy',
  ),
  ...all(
    'kms',
    because('destroy', 'without its material the key opens nothing, and what is under it is not modelled'),
    'delete-imported-key-material',
  ),
  ...all(
    'kms',
    because('unknown', 'the grant may be the one that RDS reads the database with'),
    'revoke-grant retire-grant',
  ),
  ...all('cloudformation', NOTHING, 'validate-template estimate-template-cost detect-stack-drift'),
  ...all('cloudformation', UPDATE, 'create-change-set package'),
  ...all('cloudformation', OTHER, 'delete-change-set'),
  ...all(
    'cloudformation',
    because('destroy', 'what the stack holds is not in the command; look with aws cloudformation list-stack-resources'),
    'delete-stack delete-stack-set delete-stack-instances',
  ),
  ...all(
    'cloudformation',
    because('unknown', 'what the template replaces or deletes is not in the command'),
    'deploy update-stack execute-change-set create-stack update-stack-set rollback-stack continue-update-rollback',
  ),
  ...all('organizations', because('destroy', 'everything in the account goes after 90 days'), 'close-account'),
  ...all('s3', NOTHING, 'ls presign'),
  ...all('s3', UPDATE, 'mb website'),
  ...all('s3', because('unknown', 'the bucket may hold exports or a Terraform state'), 'rb rm mv'),
  ...all('lambda', RUNS, 'invoke invoke-async'),
  ...all(
    'ssm',
    RUNS,
    'send-command start-session start-automation-execution create-association start-change-request-execution',
  ),
  ...all('stepfunctions', RUNS, 'start-execution start-sync-execution'),
  ...all('events', RUNS, 'put-events put-targets put-rule'),
  ...all('scheduler', RUNS, 'create-schedule update-schedule'),
  ...all('ecs', RUNS, 'run-task start-task execute-command'),
  ...all('batch', RUNS, 'submit-job'),
  ...all('codebuild', RUNS, 'start-build start-build-batch retry-build'),
  ...all('codepipeline', RUNS, 'start-pipeline-execution retry-stage-execution put-approval-result'),
  ...all('glue', RUNS, 'start-job-run start-workflow-run'),
  ...all('emr', RUNS, 'add-steps'),
  ...all('ssm', RUNS, 'update-association update-document update-document-default-version'),
  ...all('transcribe', UPDATE, 'start-transcription-job start-call-analytics-job start-medical-transcription-job'),
  ...all('athena', UPDATE, 'start-query-execution'),
  ...all('textract', UPDATE, 'start-document-analysis start-document-text-detection'),
  ...all(
    'lightsail',
    because('destroy', 'databases of Lightsail, and their snapshots, are not read'),
    'delete-relational-database delete-relational-database-snapshot',
  ),
  ...all('sqs', RUNS, 'send-message send-message-batch'),
  ...all('sns', RUNS, 'publish publish-batch'),
  ...all(
    'sts',
    NOTHING,
    'assume-role assume-role-with-saml assume-role-with-web-identity decode-authorization-message',
  ),
]);

/** Services whose commands only concern this machine or its credentials. */
const LOCAL = new Set(['configure', 'sso', 'login', 'logout', 'help', 'history', 'sts']);

/** What an operation without a row amounts to. */
export function judgeUnmodelled(service: string, operation: string): Judged {
  // `docdb` and `neptune` speak to RDS.
  const family = service === 'docdb' || service === 'neptune' ? 'rds' : service;
  const named = NAMED.get(`${family} ${operation}`);
  if (named !== undefined) return named;
  if (LOCAL.has(service) || operation === 'help') return NOTHING;
  if (WATCHED.has(service)) {
    if (hasVerb(operation, WATCHED_READS)) return NOTHING;
    return because('unknown', 'what it does to recovery points is not modelled');
  }
  if (STARTS.test(operation)) return RUNS;
  if (hasVerb(operation, READS)) return NOTHING;
  if (hasVerb(operation, DELETES)) return OTHER;
  // A word of its own is no API call: an alias of the CLI can stand for anything.
  return operation.includes('-') ? UPDATE : because('unknown', 'it is no operation that is known');
}

function hasVerb(operation: string, verbs: ReadonlySet<string>): boolean {
  const [first = '', second = ''] = operation.split('-');
  return verbs.has(first) || verbs.has(`${first}-${second}`);
}

function because(kind: ChangeClass, why: string): Judged {
  return { class: kind, why };
}

function all(service: string, judged: Judged, operations: string): [string, Judged][] {
  return operations.split(' ').map((operation) => [`${service} ${operation}`, judged]);
}
