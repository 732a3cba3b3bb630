/**
 * `aws` commands: the actions they would call, with the CLI's own defaults and spellings.
 */

import { describe, expect, it } from 'vitest';
import { HERE, shell, stepOf, summary, whyOf } from './support.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const target = (identifier: string, more: object = {}) => ({
  arn: null,
  resourceId: null,
  identifier,
  scope: HERE,
  ...more,
});
const silent = {
  skipFinalSnapshot: null,
  finalSnapshotId: null,
  deleteAutomatedBackups: null,
  disarmsProtection: false,
};

describe('deleting a database', () => {
  it.each([
    ['aws rds delete-db-instance --db-instance-identifier orders', {}],
    ['aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot', { skipFinalSnapshot: true }],
    [
      'aws rds delete-db-instance --db-instance-identifier orders --no-skip-final-snapshot',
      { skipFinalSnapshot: false },
    ],
    ['aws rds delete-db-instance --db-instance-identifier=orders --skip', { skipFinalSnapshot: true }],
    ['aws rds delete-db-instance --skip-final-snapshot --db-instance-identifier orders', { skipFinalSnapshot: true }],
    [
      'aws rds delete-db-instance --db-instance-id orders --final-db-snapshot-identifier Last',
      { finalSnapshotId: 'last' },
    ],
    ['aws rds delete-db-instance --db orders --final=last', { finalSnapshotId: 'last' }],
    [
      'aws rds delete-db-instance --db-instance-identifier orders --delete-automated-backups',
      { deleteAutomatedBackups: true },
    ],
    [
      'aws rds delete-db-instance --db-instance-identifier orders --no-delete-automated-backups',
      { deleteAutomatedBackups: false },
    ],
    ['aws rds delete-db-instance --db-instance-identifier orders --no-del', { deleteAutomatedBackups: false }],
    [
      'aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot --no-skip-final-snapshot',
      { skipFinalSnapshot: true },
    ],
    ['aws rds delete-db-instance --db-instance-identifier ORDERS', {}],
    ['aws rds delete-db-instance --db-instance-identifier other --db-instance-identifier orders', {}],
    ['aws docdb delete-db-instance --db-instance-identifier orders', {}],
    ['aws neptune delete-db-instance --db-instance-identifier orders', {}],
    ['aws --output json --no-cli-pager rds delete-db-instance --db-instance-identifier orders', {}],
    ['aws rds --query x --debug delete-db-instance --db-instance-identifier orders', {}],
    ['aws --outp json rds delete-db-instance --db-instance-identifier orders', {}],
  ])('%s', (text, parameters) => {
    expect(stepOf(text)).toEqual({
      kind: 'delete_db_instance',
      target: target('orders'),
      parameters: { ...silent, ...parameters },
    });
  });

  it.each([
    ['aws rds delete-db-cluster --db-cluster-identifier orders', {}],
    ['aws rds delete-db-cluster --db-cluster-identifier orders --skip-final-snapshot', { skipFinalSnapshot: true }],
    ['aws docdb delete-db-cluster --db-cluster-identifier orders', {}],
    ['aws neptune delete-db-cluster --db-cluster-identifier orders', {}],
  ])('%s', (text, parameters) => {
    expect(stepOf(text)).toEqual({
      kind: 'delete_db_cluster',
      target: target('orders'),
      parameters: { ...silent, ...parameters },
    });
  });

  it('has the class destroy, and an address that names the database', () => {
    const [change] = shell('aws rds delete-db-cluster --db-cluster-identifier orders --skip-final-snapshot').changes;
    expect(change).toMatchObject({
      address: 'aws rds delete-db-cluster --db-cluster-identifier orders',
      actions: ['delete-db-cluster'],
      class: 'destroy',
    });
  });
});

describe('where it goes', () => {
  const command = 'rds delete-db-instance --db-instance-identifier orders';
  it.each([
    [`aws ${command}`, HERE],
    [`aws --region us-east-1 ${command}`, { ...HERE, region: 'us-east-1' }],
    [`aws ${command} --region=us-east-1`, { ...HERE, region: 'us-east-1' }],
    [`aws --reg us-east-1 ${command}`, { ...HERE, region: 'us-east-1' }],
    [`R=us-east-1; aws --region $R ${command}`, { ...HERE, region: 'us-east-1' }],
    [`AWS_MAX_ATTEMPTS=3 aws ${command}`, HERE],
    [`AWS_PAGER= aws ${command}`, HERE],
  ])('%s stays within the account', (text, scope) => {
    expect(stepOf(text)).toMatchObject({ kind: 'delete_db_instance', target: { scope } });
    expect(shell(text).scope).toEqual(scope);
    expect(shell(text).signals).toEqual([]);
  });

  it.each([
    [`aws --profile prod ${command}`, '--profile'],
    [`aws ${command} --profile=prod`, '--profile'],
    [`aws --prof prod ${command}`, '--profile'],
    [`aws --endpoint-url http://localhost:4566 ${command}`, '--endpoint-url'],
    [`AWS_PROFILE=prod aws ${command}`, 'AWS_PROFILE'],
    [`export AWS_PROFILE=prod; aws ${command}`, 'AWS_PROFILE'],
    [`aws ${command}; export AWS_PROFILE=prod`, 'AWS_PROFILE'],
    [`unset AWS_PROFILE; aws ${command}`, 'AWS_PROFILE'],
    [`AWS_ENDPOINT_URL=http://x aws ${command}`, 'AWS_ENDPOINT_URL'],
    [`AWS_DEFAULT_REGION=us-east-1 aws ${command}`, 'AWS_DEFAULT_REGION'],
    [`env AWS_PROFILE=prod aws ${command}`, 'AWS_PROFILE'],
    [`env -u AWS_PROFILE aws ${command}`, 'AWS_PROFILE'],
    [`env -i PATH=$PATH:/x aws ${command}`, 'AWS_PROFILE'],
    [`aws configure set region us-east-1; aws ${command}`, 'AWS_PROFILE'],
    [`aws-vault exec prod -- aws ${command}`, 'aws-vault'],
    [`ssh bastion aws ${command}`, 'other host'],
    [`sudo aws ${command}`, 'other user'],
    [`docker exec web aws ${command}`, 'container'],
    [`aws --region "$R" ${command}`, '--region'],
  ])('%s may go elsewhere, and says so', (text, what) => {
    expect(stepOf(text)).toMatchObject({ kind: 'delete_db_instance', target: { scope: null } });
    expect(shell(text).scope).toBeNull();
    expect(shell(text).signals).toEqual([{ code: 'unread_part', detail: expect.stringContaining(what) }]);
  });

  it('is the ARN of the target where there is one', () => {
    const arn = 'arn:aws:rds:us-west-2:210987654321:snapshot:s1';
    expect(stepOf(`aws rds delete-db-snapshot --db-snapshot-identifier ${arn}`)).toEqual({
      kind: 'delete_db_snapshot',
      target: { arn, resourceId: null, identifier: 's1', scope: { accountId: '210987654321', region: 'us-west-2' } },
    });
  });
});

describe('changing protection', () => {
  it.each([
    ['--no-deletion-protection', 'disarm', { deletionProtection: false, applyImmediately: false }],
    ['--no-deletion-protection --apply-immediately', 'disarm', { deletionProtection: false, applyImmediately: true }],
    ['--no-deletion', 'disarm', { deletionProtection: false, applyImmediately: false }],
    [
      '--deletion-protection --no-deletion-protection',
      'disarm',
      { deletionProtection: false, applyImmediately: false },
    ],
    ['--deletion-protection', 'update', { deletionProtection: true, applyImmediately: false }],
    ['--backup-retention-period 0 --apply-immediately', 'disarm', { retentionDays: 0, applyImmediately: true }],
    ['--backup-retention-period=7', 'disarm', { retentionDays: 7, applyImmediately: false }],
    ['--backup 7', 'disarm', { retentionDays: 7, applyImmediately: false }],
    ['--backup-retention-period 35', 'update', { retentionDays: 35, applyImmediately: false }],
  ])('%s is %s', (options, kind, change) => {
    const text = `aws rds modify-db-instance --db-instance-identifier orders ${options}`;
    expect(stepOf(text)).toEqual({ kind: 'modify_db_instance', target: target('orders'), change });
    expect(shell(text).changes[0]?.class).toBe(kind);
    const cluster = `aws rds modify-db-cluster --db-cluster-identifier orders ${options}`;
    expect(stepOf(cluster)).toEqual({ kind: 'modify_db_cluster', target: target('orders'), change });
  });

  it.each([
    ['aws rds modify-db-instance --db-instance-identifier orders --db-instance-class db.t3.large', 'update'],
    ['aws rds modify-db-instance --db-instance-identifier orders --apply-immediately', 'update'],
    ['aws rds modify-db-instance --db-instance-identifier orders --backup-retention-period $N', 'disarm opaque'],
    ['aws rds modify-db-instance --db-instance-identifier orders --backup-retention-period many', 'disarm opaque'],
    ['aws rds modify-db-instance --db-instance-identifier orders --apply-immediately $EXTRA', 'unknown opaque'],
    ['aws rds modify-db-instance --db-instance-identifier orders $EXTRA', 'unknown opaque'],
    ['aws rds modify-db-instance --db-instance-identifier orders --cli-input-json file://x.json', 'unknown opaque'],
  ])('%s is %s', (text, expected) => {
    expect(summary(text)).toBe(expected);
  });
});

describe('what else weakens or takes recovery points', () => {
  const point = 'arn:aws:backup:eu-west-1:123456789012:recovery-point:p1';
  const source = 'arn:aws:rds:eu-west-1:123456789012:db:orders';
  it.each([
    ['aws rds delete-db-snapshot --db-snapshot-identifier S1', { kind: 'delete_db_snapshot', target: target('s1') }],
    [
      'aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier s1',
      { kind: 'delete_db_cluster_snapshot', target: target('s1') },
    ],
    [
      'aws rds delete-db-instance-automated-backup --dbi-resource-id db-ABC',
      { kind: 'delete_automated_backup', target: target('db-ABC', { resourceId: 'db-ABC' }) },
    ],
    [
      'aws rds delete-db-cluster-automated-backup --db-cluster-resource-id cluster-ABC',
      { kind: 'delete_automated_backup', target: target('cluster-ABC', { resourceId: 'cluster-ABC' }) },
    ],
    [
      'aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1',
      {
        kind: 'delete_automated_backup',
        target: target('ab-1', { arn: 'arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1' }),
      },
    ],
    [
      `aws rds stop-db-instance-automated-backups-replication --source-db-instance-arn ${source}`,
      { kind: 'stop_backup_replication', target: target('orders', { arn: source }) },
    ],
    [
      `aws backup delete-recovery-point --backup-vault-name v --recovery-point-arn ${point}`,
      { kind: 'delete_recovery_point', target: target('p1', { arn: point }) },
    ],
    [
      'aws backup delete-backup-vault --backup-vault-name Vault',
      { kind: 'delete_backup_vault', target: target('Vault'), force: false },
    ],
    [
      'aws backup delete-backup-vault-lock-configuration --backup-vault-name v',
      { kind: 'delete_vault_lock', target: target('v') },
    ],
    [
      `aws kms schedule-key-deletion --key-id ${KEY}`,
      { kind: 'schedule_key_deletion', target: target(KEY), windowDays: 30 },
    ],
    [
      `aws kms schedule-key-deletion --key-id ${KEY} --pending-window-in-days 7`,
      { kind: 'schedule_key_deletion', target: target(KEY), windowDays: 7 },
    ],
    [`aws kms disable-key --key-id ${KEY}`, { kind: 'disable_key', target: target(KEY) }],
    [
      `aws kms disable-key --key-id arn:aws:kms:eu-west-1:123456789012:key/${KEY}`,
      { kind: 'disable_key', target: target(KEY, { arn: `arn:aws:kms:eu-west-1:123456789012:key/${KEY}` }) },
    ],
    [
      'aws rds delete-db-subnet-group --db-subnet-group-name g',
      { kind: 'delete_prerequisite', target: target('g'), prerequisite: 'subnet_group' },
    ],
    [
      'aws rds delete-option-group --option-group-name g',
      { kind: 'delete_prerequisite', target: target('g'), prerequisite: 'option_group' },
    ],
    [
      'aws rds delete-db-parameter-group --db-parameter-group-name g',
      { kind: 'delete_prerequisite', target: target('g'), prerequisite: 'parameter_group' },
    ],
    [
      'aws rds delete-db-cluster-parameter-group --db-cluster-parameter-group-name g',
      { kind: 'delete_prerequisite', target: target('g'), prerequisite: 'parameter_group' },
    ],
    [
      'aws ec2 delete-security-group --group-id sg-1',
      { kind: 'delete_prerequisite', target: target('sg-1'), prerequisite: 'security_group' },
    ],
    [
      'aws secretsmanager delete-secret --secret-id App/Db --force-delete-without-recovery',
      { kind: 'delete_prerequisite', target: target('App/Db'), prerequisite: 'secret' },
    ],
  ])('%s', (text, action) => {
    expect(stepOf(text)).toEqual(action);
    expect(['destroy', 'disarm']).toContain(shell(text).changes[0]?.class);
  });

  it.each([
    [
      'aws rds modify-db-snapshot-attribute --db-snapshot-identifier s --attribute-name restore --values-to-remove 210987654321',
      'disarm unshare_snapshot',
    ],
    [
      'aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier s --attribute-name restore --values-to-rem all',
      'disarm unshare_snapshot',
    ],
    [
      'aws rds modify-db-snapshot-attribute --db-snapshot-identifier s --attribute-name restore --values-to-add 210987654321',
      'update',
    ],
    ['aws backup delete-backup-plan --backup-plan-id p', 'disarm'],
    ['aws backup delete-backup-selection --backup-plan-id p --selection-id s', 'disarm'],
    ['aws backup delete-backup-vault-access-policy --backup-vault-name v', 'disarm'],
    ['aws backup update-recovery-point-lifecycle --backup-vault-name v --recovery-point-arn a', 'disarm opaque'],
    ['aws backup disassociate-recovery-point --backup-vault-name v --recovery-point-arn a', 'disarm opaque'],
    ['aws backup put-backup-vault-access-policy --backup-vault-name v', 'unknown opaque'],
    ['aws backup update-backup-plan --backup-plan-id p', 'unknown opaque'],
    ['aws kms put-key-policy --key-id k --policy-name default --policy file://p', 'unknown opaque'],
    ['aws kms delete-imported-key-material --key-id k', 'destroy opaque'],
    ['aws kms revoke-grant --key-id k --grant-id g', 'unknown opaque'],
    ['aws kms disable-key --key-id alias/orders', 'destroy opaque'],
    ['aws rds delete-global-cluster --global-cluster-identifier g', 'destroy opaque'],
    ['aws rds remove-from-global-cluster --global-cluster-identifier g', 'disarm opaque'],
    ['aws rds delete-blue-green-deployment --blue-green-deployment-identifier b --delete-target', 'destroy opaque'],
    ['aws rds delete-tenant-database --db-instance-identifier o --tenant-db-name t', 'unknown opaque'],
    ['aws rds frobnicate-db-instance --db-instance-identifier o', 'unknown opaque'],
    ['aws cloudformation delete-stack --stack-name s', 'destroy opaque'],
    ['aws cloudformation deploy --stack-name s --template-file t', 'unknown opaque'],
    ['aws cloudformation execute-change-set --change-set-name c', 'unknown opaque'],
    ['aws cloudformation update-stack --stack-name s', 'unknown opaque'],
    ['aws cloudcontrol delete-resource --type-name AWS::RDS::DBInstance --identifier o', 'unknown opaque'],
    ['aws organizations close-account --account-id 123456789012', 'destroy opaque'],
    ['aws organizations leave-organization', 'unknown opaque'],
    ['aws dms delete-replication-task --replication-task-arn a', 'unknown opaque'],
    ['aws iam delete-role --role-name r', 'unknown opaque'],
    ['aws ram disassociate-resource-share --resource-share-arn a', 'unknown opaque'],
    ['aws s3 rb s3://exports --force', 'unknown opaque'],
    ['aws s3 rm s3://exports/x --recursive', 'unknown opaque'],
    ['aws s3 rm --recursive s3://exports/x', 'unknown opaque'],
    ['aws s3 mv s3://a/b s3://c/d', 'unknown opaque'],
    ['aws s3 sync . s3://a --delete', 'unknown opaque'],
    ['aws s3 cp terraform.tfstate s3://a/', 'unknown opaque'],
    ['aws s3 cp dump.sql s3://a/', 'update'],
    ['aws s3api delete-object --bucket b --key k', 'unknown opaque'],
    ['aws lambda invoke --function-name f out.json', 'unknown opaque'],
    ['aws ssm send-command --document-name AWS-RunShellScript', 'unknown opaque'],
    ['aws rds-data execute-statement --resource-arn a --sql "drop table t"', 'destroy opaque'],
    ['aws rds-data execute-statement --resource-arn a --sql "select 1"', 'none'],
    ['aws rds-data execute-statement --resource-arn a --sql "$Q"', 'unknown opaque'],
    ['aws ec2 terminate-instances --instance-ids i-1', 'other_destroy'],
    ['aws dynamodb delete-table --table-name t', 'other_destroy'],
    ['aws rds delete-db-proxy --db-proxy-name p', 'other_destroy'],
    ['aws kms delete-alias --alias-name alias/x', 'other_destroy'],
    ['aws ec2 start-instances --instance-ids i-1', 'update'],
    ['aws rds create-db-snapshot --db-instance-identifier o --db-snapshot-identifier s', 'update'],
    ['aws rds reboot-db-instance --db-instance-identifier o', 'update'],
    ['aws rds restore-db-instance-from-db-snapshot --db-instance-identifier n --db-snapshot-identifier s', 'create'],
    ['aws backup start-backup-job --backup-vault-name v', 'update'],
    ['aws kms cancel-key-deletion --key-id k', 'update'],
  ])('%s is %s', (text, expected) => {
    expect(summary(text)).toBe(expected);
  });
});

describe('a part that only the run decides', () => {
  it.each([
    ['aws rds delete-db-instance --db-instance-identifier $X', '$X'],
    [`aws rds delete-db-instance --db-instance-identifier "\${X}"`, `\${X}`],
    [`aws rds delete-db-instance --db-instance-identifier "\${X:-orders}"`, `\${X…}`],
    ['aws rds delete-db-instance --db-instance-identifier $(cat name)', '$(…)'],
    ['aws rds delete-db-instance --db-instance-identifier `cat name`', '$(…)'],
    ['aws rds delete-db-instance --db-instance-identifier=orders-$N', '$N'],
    ['aws rds delete-db-instance --db-instance-identifier or*', 'a pattern'],
    ['aws rds delete-db-instance --db-instance-identifier {a,b}', 'a brace list'],
    ['aws rds delete-db-instance --db-instance-identifier file://name.txt', 'a file'],
    ['aws rds delete-db-instance --db-instance-identifier orders $EXTRA', '$EXTRA'],
    ['aws rds delete-db-instance --db-instance-identifier orders "$EXTRA"', '$EXTRA'],
    ['aws rds delete-db-instance --db-instance-identifier orders --$FLAG', '$FLAG'],
    ['aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot "$@"', '$@'],
    ['aws rds delete-db-instance --db-instance-identifier orders --final-db-snapshot-identifier f-$(date +%F)', '$(…)'],
    ['aws rds delete-db-instance --cli-input-json file://x.json', '--cli-input-json'],
    ['aws rds delete-db-instance --cli-input-yaml "$Y"', '--cli-input-yaml'],
    ['aws rds delete-db-instance', 'missing'],
    ['aws rds delete-db-instance --db-instance-identifier', 'without a value'],
    ["aws rds delete-db-instance --db-instance-identifier $'a\\x07b'", 'no name'],
    ['aws kms schedule-key-deletion --key-id 1234abcd --pending-window-in-days $D', '$D'],
  ])('%s names it', (text, part) => {
    expect(summary(text)).toBe('destroy opaque');
    expect(whyOf(text)).toContain(part);
  });

  it.each([
    'aws rds $OP --db-instance-identifier orders',
    'aws $SERVICE delete-db-instance --db-instance-identifier orders',
    'aws $ARGS',
    'aws "$@"',
    'aws rds {describe,delete}-db-instance --db-instance-identifier orders',
    'aws --frob x rds delete-db-instance --db-instance-identifier orders',
    '$AWS rds delete-db-instance --db-instance-identifier orders',
    'aws rds',
    'aws x y',
    'aws -x rds',
    'aws RDS delete-db-instance --db-instance-identifier orders',
  ])('%s is unknown', (text) => {
    expect(summary(text)).toBe('unknown opaque');
  });
});

describe('commands that only look', () => {
  it.each([
    'aws rds describe-db-instances',
    'aws rds describe-db-instances --db-instance-identifier $X --query "DBInstances[0]" --output text',
    'aws rds wait db-instance-deleted --db-instance-identifier orders',
    'aws rds list-tags-for-resource --resource-name a',
    'aws rds help',
    'aws',
    'aws help',
    'aws --version',
    'aws rds delete-db-instance help',
    'aws rds delete-db-instance --generate-cli-skeleton',
    'aws rds delete-db-cluster --generate-cli-skeleton input',
    'aws backup list-recovery-points-by-backup-vault --backup-vault-name v',
    'aws kms describe-key --key-id k',
    'aws kms decrypt --ciphertext-blob fileb://x',
    'aws sts get-caller-identity',
    'aws sts assume-role --role-arn a --role-session-name s',
    'aws configure list',
    'aws configure',
    'aws sso login --profile prod',
    'aws s3 ls s3://bucket/',
    'aws s3 cp s3://bucket/key ./file',
    'aws s3api head-object --bucket b --key k',
    'aws cloudformation describe-stacks --stack-name s',
    'aws cloudformation validate-template --template-body file://t',
    'aws iam get-role --role-name r',
    'aws ec2 describe-instances --filters Name=tag:x,Values=y',
    'aws logs tail /aws/lambda/f --follow',
    'aws --profile prod rds describe-db-clusters',
    'AWS_PROFILE=prod aws rds describe-db-clusters | jq .DBClusters',
    'aws dynamodb scan --table-name t',
    'aws ecr get-login-password',
  ])('%s is harmless', (text) => {
    expect(summary(text)).toBe('none');
    expect(shell(text).signals).toEqual([]);
  });
});

describe('a name that is given to another database', () => {
  it.each([
    'aws rds modify-db-instance --db-instance-identifier orders --new-db-instance-identifier old-orders --apply-immediately',
    'aws rds modify-db-instance --db-instance-identifier orders --new-db-inst old-orders',
    'aws rds modify-db-cluster --db-cluster-identifier courses --new-db-cluster-identifier old-courses',
    'aws rds modify-db-cluster --db-cluster-identifier courses --new-db-cluster-identifier $NAME',
    'aws docdb modify-db-cluster --db-cluster-identifier courses --new-db-cluster-identifier old-courses',
  ])('leaves it unknown what a later call would reach: %s', (text) => {
    expect(whyOf(text)).toMatch(/renames the database|only the run decides/);
  });
});

describe('a failover of a global database', () => {
  it('that may lose data is not understood', () => {
    const text = 'aws rds failover-global-cluster --global-cluster-identifier world --allow-data-loss';
    expect(whyOf(text)).toBe('it gives up what the other region has not received yet');
  });

  it.each(['', ' --no-allow-data-loss', ' --switchover'])('that waits for replication loses nothing:%s', (options) => {
    const [reading] = shell(`aws rds failover-global-cluster --global-cluster-identifier world${options}`).changes;
    expect(reading).toMatchObject({ class: 'update' });
  });
});

it.each(['aws backup delete-backup-vault-lock-configuration', 'aws backup create-logically-air-gapped-backup-vault'])(
  'the name of a call is no secret, however long: %s',
  (text) => {
    const [change] = shell(`${text} --backup-vault-name main`).changes;
    expect(change?.address).toContain(text);
  },
);

describe('what stands at the place of the service', () => {
  it.each([
    'redshift-data',
    'application-autoscaling',
    'kinesis-video-archived-media',
    'pinpoint-sms-voice',
    'iot-jobs-data',
  ])('is a service: %s', (service) => {
    expect(summary(`aws ${service} list-things`)).toBe('none');
  });

  it.each(['data', 'voice', 'catalog', 'gateway', 'application-', 'nightly'])(
    'is none, and may be an alias that stands for anything: %s',
    (word) => {
      expect(whyOf(`aws ${word} list-things`)).toContain('may be an alias');
    },
  );
});
