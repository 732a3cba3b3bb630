/**
 * Programs that run another command: what stands in front of it is taken off, and nothing else.
 */

import { describe, expect, it } from 'vitest';
import { classOf, shell, summary } from './support.ts';

const DELETE = 'aws rds delete-db-cluster --db-cluster-identifier orders';

describe('the command behind a wrapper is read', () => {
  it.each([
    'sudo',
    'sudo -u root',
    'sudo -uroot',
    'sudo -nE',
    'sudo --user=root --',
    'sudo -E FOO=1',
    'doas -u root',
    'env',
    'env -i',
    'env -u X A=1 B="$Z"',
    'env -',
    'command',
    'command -p',
    'builtin',
    'exec',
    'exec -a name',
    'nohup',
    'setsid -f',
    '/usr/bin/time -v',
    '/usr/bin/time -f %e -o log',
    'timeout 10',
    'timeout -s KILL -k 5 10m',
    'timeout --signal=KILL --preserve-status 10',
    'nice',
    'nice -n 10',
    'nice -10',
    'nice --adjustment=5',
    'ionice -c2 -n7',
    'stdbuf -oL -e0',
    'unbuffer',
    'taskset -c 0',
    'docker exec web',
    'docker exec -it -e A=1 -u root web',
    'docker --context prod exec web',
    'docker compose exec -T web',
    'docker-compose exec web',
    'podman exec web',
    'kubectl exec pod --',
    'kubectl exec -it pod -c main --',
    'kubectl -n prod exec deploy/x --',
    'kubectl exec -n prod -it pod --',
    'ssh host',
    'ssh -p 22 host',
    'ssh -i ~/.ssh/key -l me host --',
    'aws-vault exec prod --',
    'aws-vault exec -d 1h prod --',
    'chamber exec app --',
    'op run --',
    'poetry run',
    'busybox nohup',
    'strace -f -o log',
    'flock -n lock',
    'chroot /srv',
    'sudo env nohup timeout 10 nice',
    'sudo sh -c "exec $0"; sudo',
  ])('%s', (wrapper) => {
    expect(shell(`${wrapper} ${DELETE}`).actions.map(({ kind }) => kind)).toContain('delete_db_cluster');
  });

  it.each([
    'sudo ls -la',
    'env LANG=C sort x',
    'timeout 5 git status',
    'nohup sleep 5',
    'time ls',
    'docker exec web cat /etc/hosts',
    'kubectl exec pod -- env',
    'ssh host uptime',
    'xargs grep foo',
    'find . -name x | xargs -0 -n1 wc -l',
    'xargs',
    'env',
    'command -v aws',
    'builtin echo x',
    'exec 3>&1',
    'watch -n1 date',
    'xargs -I{} echo {}',
  ])('%s is as harmless as what it runs', (text) => {
    expect(summary(text)).toBe('none');
  });
});

describe('a wrapper whose words are not certain', () => {
  it.each([
    `sudo --frob ${DELETE}`,
    `sudo $OPTS ${DELETE}`,
    'timeout $T $CMD',
    'sudo',
    'sudo -i',
    'env -S "aws rds x"',
    'xargs -I{} sh -c "echo {}"',
    'xargs -I{} {} x',
    'xargs sh',
    'sudo $CMD',
    'ssh -o ProxyCommand=x host ls',
    'kubectl exec pod ls',
    'docker exec web',
    'docker run --rm amazon/aws-cli rds describe-db-instances',
    'docker compose run web ls',
    'nice -n',
    'parallel',
    'parallel echo ::: a b',
    'timeout 10',
    'watch "$CMD"',
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });
});

describe('words that a wrapper adds', () => {
  it.each([
    `cat ids | xargs -n 1 aws rds delete-db-snapshot --db-snapshot-identifier`,
    `cat ids | xargs -I{} aws rds delete-db-snapshot --db-snapshot-identifier {}`,
    `cat ids | xargs -I % aws rds delete-db-snapshot --db-snapshot-identifier %`,
    `cat ids | xargs --replace=X aws rds delete-db-snapshot --db-snapshot-identifier X`,
    `cat ids | xargs -i aws rds delete-db-snapshot --db-snapshot-identifier {}`,
    `find . -name 'x*' -exec aws rds delete-db-snapshot --db-snapshot-identifier {} \\;`,
    `find . -exec aws rds delete-db-snapshot --db-snapshot-identifier {} +`,
    `parallel aws rds delete-db-snapshot --db-snapshot-identifier ::: a b`,
    `parallel aws rds delete-db-snapshot --db-snapshot-identifier {} ::: a b`,
    `for s in $(cat ids); do aws rds delete-db-snapshot --db-snapshot-identifier $s; done`,
    `cat ids | while read s; do aws rds delete-db-snapshot --db-snapshot-identifier "$s"; done`,
  ])('%s destroys what nobody can name', (text) => {
    expect(summary(text)).toBe('destroy opaque');
  });

  it('may be options: a modification is not certain', () => {
    expect(summary('cat x | xargs aws rds modify-db-instance --db-instance-identifier orders')).toBe('unknown opaque');
  });
});
