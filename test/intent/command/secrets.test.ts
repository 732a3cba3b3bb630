/**
 * Secrets of a command stay in the command: canaries wherever command lines are known to hold them.
 */

import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../src/intent/command/read-command.ts';
import { shell } from './support.ts';

const CANARY = 'CANARY-7f3a';

describe('an intent', () => {
  it.each([
    `aws rds modify-db-instance --db-instance-identifier orders --master-user-password ${CANARY} --no-deletion-protection`,
    `aws rds modify-db-instance --db-instance-identifier orders --master-user-password=${CANARY}`,
    `aws rds create-db-instance --master-user-password ${CANARY}`,
    `aws rds frobnicate --token ${CANARY}`,
    `aws secretsmanager put-secret-value --secret-id x --secret-string ${CANARY}`,
    `AWS_SECRET_ACCESS_KEY=${CANARY} aws rds delete-db-instance --db-instance-identifier orders`,
    `export AWS_SESSION_TOKEN=${CANARY}; aws rds delete-db-instance --db-instance-identifier orders`,
    `PGPASSWORD=${CANARY} psql -c 'drop table x'`,
    `env PGPASSWORD=${CANARY} frobnicate`,
    `env MYSQL_PWD=${CANARY} $CMD`,
    `mysql -p${CANARY} -e 'drop table x'`,
    `mysql --password=${CANARY} -e 'drop table x'`,
    `mysqladmin -p${CANARY} shutdown`,
    `psql postgres://app:${CANARY}@db/orders -c 'drop table x'`,
    `psql -c "ALTER USER app PASSWORD '${CANARY}'"`,
    `psql -c "FROB '${CANARY}'"`,
    `frobnicate --password ${CANARY}`,
    `frobnicate --db-password=${CANARY}`,
    `frobnicate --api-key ${CANARY}`,
    `frobnicate -p ${CANARY}`,
    `frobnicate -p${CANARY}`,
    `frobnicate postgres://app:${CANARY}@db/orders`,
    `frobnicate 'Authorization: Bearer ${CANARY}'`,
    `curl -H "Authorization: Bearer ${CANARY}" https://x`,
    `curl -u me:${CANARY} https://x`,
    `curl --user me:${CANARY} https://x`,
    `frobnicate '{"password": "${CANARY}"}'`,
    `frobnicate DB_PASSWORD=${CANARY}`,
    `sshpass -p ${CANARY} ssh host ls`,
    `docker login -p ${CANARY}`,
    `docker run -e DB_PASSWORD=${CANARY} image`,
    `docker exec -e DB_PASSWORD=${CANARY} web $CMD`,
    `kubectl --token=${CANARY} delete pod x`,
    `kubectl --token ${CANARY} apply -f x`,
    `helm upgrade x --set db.password=${CANARY}`,
    `echo ${CANARY} | docker login --password-stdin`,
    `echo ${CANARY} | frobnicate`,
    `SECRET=${CANARY}; frobnicate $SECRET`,
    `SECRET=${CANARY}; frobnicate --x "$SECRET"`,
    `SECRET=${CANARY}; aws rds delete-db-instance --db-instance-identifier orders --x $SECRET $Y`,
    `frobnicate \${X:-${CANARY}}`,
    `python -c 'password="${CANARY}"'`,
    `node -e 'token="${CANARY}"'`,
    `bash -c "$X ${CANARY}"`,
    `cat <<EOF > .env\nPASSWORD=${CANARY}\nEOF`,
    `cat <<EOF | sh\nfrobnicate --secret ${CANARY}\nEOF`,
    `terraform apply -var db_password=${CANARY}`,
    `terraform -chdir=x apply -var=db_password=${CANARY}`,
    `pulumi config set --secret password ${CANARY}`,
    `sudo -u x -p ${CANARY} frobnicate`,
    `sh -c 'if; echo ${CANARY}'`,
    `echo "unterminated ${CANARY}`,
    `aws --profile x rds delete-db-instance --db-instance-identifier orders --cli-input-json '{"MasterUserPassword":"${CANARY}"}'`,
    `export DB_PASSWORD=${CANARY}`,
    `PATH=${CANARY}:/x ls`,
  ])('holds no secret of: %s', (text) => {
    const intent = shell(text);
    expect(intent.changes.length).toBeGreaterThan(0);
    expect(JSON.stringify(intent)).not.toContain(CANARY);
  });

  it('holds no secret of a command given as words', () => {
    const argv = ['frobnicate', '--password', CANARY, `--token=${CANARY}`, `x://u:${CANARY}@h`];
    expect(JSON.stringify(readCommand({ argv }, { scope: null }))).not.toContain(CANARY);
  });

  it('prints on one short line, whatever the command holds', () => {
    const texts = [
      `frobnicate $'a\\x1b[31mb\\nc' ${'x'.repeat(5_000)}`,
      `aws rds ${'y'.repeat(5_000)}`,
      `aws 'r\u202eds' x`,
    ];
    for (const { address, actions, steps } of texts.flatMap((text) => shell(text).changes)) {
      const printed = [address, ...actions, ...steps.map((step) => (step.kind === 'opaque' ? step.why : ''))];
      for (const line of printed) expect(line).toMatch(/^[^\p{Cc}\p{Cf}]{0,240}$/u);
    }
  });
});
