/**
 * Ways to hide a deletion from a reader: behind names, data, files and settings that a later word leans on.
 */

import { describe, expect, it } from 'vitest';
import { classOf, shell, summary } from './support.ts';

const DELETION = 'aws rds delete-db-instance --db-instance-identifier orders --skip-final-snapshot';
const signalsOf = (text: string) => shell(text).signals.map(({ code }) => code);

describe('a variable that something else than its one assignment may change', () => {
  it.each([
    'declare "X=delete-db-instance"',
    'command eval X=delete-db-instance',
    'command export X=delete-db-instance',
    'builtin read X <<< delete-db-instance',
    'command -p read X <<< delete-db-instance',
    'V=X; read $V <<< delete-db-instance',
    'V=X; printf -v "$V" delete-db-instance',
    "trap 'X=delete-db-instance' DEBUG",
    'e=eval; $e X=delete-db-instance',
    'export "$Y"',
    'export $Y',
  ])('is not known after %s', (between) => {
    expect(classOf(`X=describe-db-instances; ${between}; aws rds $X`)).toBe('unknown');
  });

  it.each(['REPLY', 'OPTARG', 'PWD', 'SECONDS', 'MAPFILE', 'LINENO', '_'])('is not known when it is %s', (name) => {
    expect(classOf(`${name}=describe-db-instances; true; aws rds $${name}`)).toBe('unknown');
  });

  it.each([
    'export X',
    'printf "%s" "$Y"',
    'wait $Y',
    "trap 'rm -f /tmp/x' EXIT",
    'command -v jq',
    'readonly Z=1',
    'echo "$Y"',
  ])('stays known after %s', (between) => {
    expect(classOf(`X=describe-db-instances; ${between}; aws rds $X`)).toBe('none');
  });
});

describe('data that runs', () => {
  it.each([
    `x='a[$(${DELETION})]'; echo $((x))`,
    `x='a[ $(${DELETION}) ]'; ((x))`,
    `x='a[$(${DELETION})]'; [[ $x -eq 1 ]]`,
    `[[ 'a[$(${DELETION})]' -eq 0 ]]`,
    `set -- 'a[\`${DELETION}\`]'; (( $1 ))`,
    `let 'x=a[ $(${DELETION}) ]'`,
    `x='$(${DELETION})'; echo "\${x@P}"`,
    `ls *(e:'${DELETION}':)`,
    `ls *(oe|${DELETION}|)`,
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it.each([
    `echo "\${x@Q}"`,
    'ls @(node|deno)',
    'ls *(a|b)',
    'echo $((1 + 2))',
    "echo 'a[$(x)]'",
    'if [ "$(ls)" = x ]; then echo $((1)); fi',
    `echo "\${a[$(date +%u)]}"`,
  ])('%s is not', (text) => {
    expect(classOf(text)).toBe('none');
  });
});

describe('settings that decide which account a call reaches', () => {
  it.each([
    `HOME=/tmp/x ${DELETION}`,
    `export HOME=/tmp/x; ${DELETION}`,
    `env HOME=/tmp/x ${DELETION}`,
    `env aws configure set region us-east-1; ${DELETION}`,
    `/usr/local/bin/aws configure set region us-east-1; ${DELETION}`,
    `aws --profile default configure set region us-east-1; ${DELETION}`,
    `sh -c 'aws configure set region us-east-1'; ${DELETION}`,
    `aws login; ${DELETION}`,
    `: \${AWS_PROFILE:=other}; ${DELETION}`,
  ])('%s: which one is not known', (text) => {
    expect(signalsOf(text)).toContain('unread_part');
  });

  it.each([
    `aws configure get region; ${DELETION}`,
    `aws configure list; ${DELETION}`,
    `aws sts get-caller-identity; ${DELETION}`,
  ])('%s: it stays known', (text) => {
    expect(signalsOf(text)).toEqual([]);
  });

  it.each([
    'echo "[toplevel]" > ~/.aws/cli/alias; aws ec2 describe-instances',
    'cp other ~/.aws/credentials',
    'sed -i s/eu-west-1/us-east-1/ ~/.aws/config',
    'tee -a /root/.aws/config <<< region=us-east-1',
    'mv other $HOME/.aws/config',
    'AWS_DATA_PATH=/tmp/models aws rds describe-db-instances',
    'path=(/tmp/bin); aws rds describe-db-instances',
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it.each(['cat ~/.aws/config', 'rm -rf ~/.aws/cli/cache', 'grep region ~/.aws/config > /tmp/x', 'path=/tmp/x; ls'])(
    '%s is not',
    (text) => {
      expect(classOf(text)).toBe('none');
    },
  );
});

describe('an old state that takes the place of the one that is there', () => {
  it.each([
    'cp backup/terraform.tfstate .',
    'cp -f old/terraform.tfstate ./',
    'cp old/terraform.tfstate prod',
    'git checkout HEAD~5 -- terraform.tfstate',
    'git restore terraform.tfstate',
    'git mv terraform.tfstate x',
    'unzip -o old.zip terraform.tfstate',
    'tar xf old.tar terraform.tfstate',
    'sort -o terraform.tfstate x',
    "yq -i '.serial = 1' terraform.tfstate",
    'echo x 1<> terraform.tfstate',
    'rm TERRAFORM.TFSTATE',
    'terraform plan -out=terraform.tfstate',
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it.each([
    'cp terraform.tfstate copy.json',
    'git diff terraform.tfstate',
    'tar czf x.tgz terraform.tfstate',
    'yq .serial terraform.tfstate',
    'cp main.tf ..',
    'git checkout main',
    'terraform plan -out=tfplan',
  ])('%s is not', (text) => {
    expect(classOf(text)).toBe('none');
  });
});

describe('a program in the place of another', () => {
  it.each([
    'TG_TF_PATH=./x terragrunt plan',
    'terragrunt plan --tf-path ./x',
    'KUBECTL_EXTERNAL_DIFF=./x kubectl diff -f y',
    'aws teardown orders-prod',
    'aws teardown describe-orders',
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });
});

describe('an AWS call that sets something off', () => {
  it.each([
    "aws rds-data execute-sql --sql-statements 'drop database orders'",
    'aws configservice start-remediation-execution --config-rule-name x',
    'aws arc-region-switch start-plan-execution --plan-arn x',
    'aws stepfunctions redrive-execution --execution-arn x',
    'aws apigateway test-invoke-method --rest-api-id x',
    'aws bedrock-agentcore invoke-agent-runtime --agent-runtime-arn x out',
    'aws ssm start-associations-once --association-ids x',
    'aws ssm register-task-with-maintenance-window --window-id x',
    'aws emr-serverless start-job-run --application-id x',
    'aws neptune-graph delete-graph --graph-identifier g --skip-snapshot',
  ])('%s is unknown', (text) => {
    expect(summary(text)).toBe('unknown opaque');
  });

  it.each([
    'aws ec2 start-instances --instance-ids x',
    'aws athena start-query-execution --query-string x',
    'aws logs start-query --query-string x',
    'aws transcribe start-transcription-job --transcription-job-name x',
  ])('%s is not', (text) => {
    expect(classOf(text)).toBe('update');
  });
});

describe('a number as the CLI does not write it', () => {
  it.each(['0x23', '35e0', '35.0', '1_0', ''])('a retention of "%s" is not certain', (days) => {
    expect(
      summary(`aws rds modify-db-instance --db-instance-identifier orders --backup-retention-period "${days}"`),
    ).toBe('disarm opaque');
  });
});

describe('SQL that runs something else', () => {
  it.each([
    "mysql -e 'create event e on schedule every 1 day do drop table orders'",
    "mysql -e 'set @a = purge_all()'",
    "mysql -e 'start replica'",
    "psql -c 'insert into t select purge_all()'",
    "psql -c 'create table x as select purge_all()'",
    "psql -c 'create rule r as on insert to t do instead delete from orders'",
    "psql -c 'update t set x = purge_all() where id = 1'",
    "psql -c 'copy (select purge_all()) to stdout'",
    "psql -c 'select evil.count(1)'",
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it.each([
    "psql -c 'insert into shop.t (a, b) values (1, now())'",
    "psql -c 'insert into t (a) values (1) on conflict (a) do nothing'",
    "psql -c 'create table t (a int primary key, b varchar(20) references u (id))'",
    "psql -c 'create index i on t (lower(a))'",
    "psql -c 'update t set a = coalesce(b, 1) where id = 1'",
    "psql -c 'delete from t where id in (1, 2)'",
    "mysql -e 'replace into t (a) values (uuid())'",
  ])('%s is an update', (text) => {
    expect(classOf(text)).toBe('update');
  });

  it.each([
    "psql -c 'select pg_catalog.pg_table_size(1)'",
    "mysql -e 'start transaction; select 1; commit'",
    "psql -c 'set search_path = x'",
  ])('%s only looks', (text) => {
    expect(classOf(text)).toBe('none');
  });
});
