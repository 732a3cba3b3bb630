/**
 * SQL through a client: what drops data inside a living database, and what only reads.
 */

import { describe, expect, it } from 'vitest';
import { judgeSql } from '../../../src/intent/command/sql/judge-sql.ts';
import { classOf, summary, whyOf } from './support.ts';

const judged = (text: string, dialect: 'postgres' | 'mysql' = 'postgres') => judgeSql(text, dialect, 'psql').class;

describe('a statement that drops data', () => {
  it.each([
    'DROP DATABASE orders',
    'drop schema public cascade',
    'DROP TABLE IF EXISTS a, b;',
    'DROP MATERIALIZED VIEW m CASCADE',
    'DROP OWNED BY app',
    'DROP VIEW v CASCADE',
    'TRUNCATE orders',
    'truncate table orders restart identity',
    'DELETE FROM orders',
    'delete from orders where true',
    'DELETE FROM orders WHERE 1=1;',
    'UPDATE orders SET total = 0',
    'ALTER TABLE orders DROP COLUMN total',
    'ALTER TABLE orders TRUNCATE PARTITION p0',
    'BEGIN; DROP TABLE a; COMMIT',
    'select 1; drop table a',
    'WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d',
    'EXPLAIN ANALYZE DELETE FROM orders',
    '/* x */ DROP /* y */ TABLE a',
    '-- x\nDROP TABLE a',
    'CREATE OR REPLACE TABLE a (b int)',
    "select 'a''b'; drop table x",
    'select $$;$$; drop table x',
    "select E'\\'' ; drop table x",
    'select "a;b"; truncate x',
  ])('%s', (text) => {
    expect(judged(text)).toBe('destroy');
  });
});

describe('a statement that only reads', () => {
  it.each([
    'SELECT 1',
    'select count(*) from orders where a = $1',
    "SELECT 'DROP TABLE x'",
    'SELECT "drop table x" FROM t -- drop table x',
    'select $q$ drop table x; $q$',
    '/* drop table x; /* nested */ */ select 1',
    'SHOW max_connections',
    'EXPLAIN DELETE FROM orders',
    'EXPLAIN ANALYZE SELECT * FROM orders',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'SELECT pg_size_pretty(pg_database_size(current_database()))',
    'SELECT * FROM orders FOR UPDATE',
    'BEGIN; SELECT 1; ROLLBACK',
    'TABLE orders',
    '\\dt+ public.*',
    '\\l',
    '\\conninfo\nselect 1;',
    'COPY orders TO STDOUT',
    '(select 1) union (select 2)',
    '',
    ' ; ; ',
  ])('%s', (text) => {
    expect(judged(text)).toBe('none');
  });
});

describe('a statement that changes and keeps', () => {
  it.each([
    "INSERT INTO orders VALUES (1, ';drop table x')",
    'UPDATE orders SET a = 1 WHERE id = 3',
    'DELETE FROM orders WHERE id = 3',
    'CREATE INDEX i ON orders (a)',
    'CREATE TABLE event (id int, rule text)',
    'CREATE TABLE IF NOT EXISTS event (id uuid DEFAULT gen_random_uuid())',
    'ALTER TABLE orders ADD COLUMN b varchar(20) DEFAULT now()',
    'ALTER TABLE orders ADD COLUMN b int',
    'DROP INDEX i',
    'GRANT SELECT ON orders TO app',
  ])('%s', (text) => {
    expect(judged(text)).toBe('update');
  });
});

describe('a statement that may do anything', () => {
  it.each([
    'DO $$ BEGIN EXECUTE x; END $$',
    'CALL cleanup()',
    'SELECT drop_everything()',
    "SELECT dblink_exec('c', 'drop table x')",
    "SELECT * FROM a JOIN dblink_exec('c', 'drop table x') ON true",
    'SELECT * FROM a CROSS JOIN drop_everything()',
    'ALTER TABLE a ADD COLUMN b int DEFAULT drop_everything()',
    'ALTER TABLE a ADD COLUMN b int DEFAULT ops.now()',
    'CREATE OR REPLACE RULE r AS ON INSERT TO a DO ALSO DELETE FROM b',
    'SELECT * INTO b FROM a',
    'MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE',
    "COPY a FROM PROGRAM 'x'",
    '\\! rm x',
    '\\i file.sql',
    '\\copy a from program x',
    'select 1 \\gexec',
    '\\d x \\! ls',
    '\\o |sh',
    'EXECUTE s',
    "select 'a",
    '/* open',
    'frobnicate',
    "select 'a\\'; select 'b'",
  ])('%s', (text) => {
    expect(judged(text)).toBe('unknown');
  });

  it.each([
    '/*!50000 DROP TABLE x */',
    'DELIMITER //',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE x',
    'CREATE OR REPLACE DEFINER=root@localhost EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE x',
    '\\. file',
    '\\! ls',
    'PURGE BINARY LOGS TO "x"',
    'select 1--1',
  ])('%s, in MySQL', (text) => {
    expect(judged(text, 'mysql')).toBe('unknown');
  });

  it('is told apart from its dialect', () => {
    expect(judged('select 1 # drop table x', 'mysql')).toBe('none');
    expect(judged("select 'a\\\\'; drop table x", 'mysql')).toBe('destroy');
    expect(judged('select 1\\G drop table x', 'mysql')).toBe('destroy');
    expect(judged('drop table x # y', 'mysql')).toBe('destroy');
  });
});

describe('where the SQL stands', () => {
  it.each([
    `psql -c 'DROP TABLE a'`,
    `psql -h db -U app -d orders -c "DROP TABLE a"`,
    `psql -qtAc 'drop table a'`,
    `psql --command='drop table a'`,
    `psql --command 'drop table a'`,
    `psql -c'drop table a'`,
    `psql -c 'select 1' -c 'drop table a'`,
    `PGPASSWORD=x psql -c 'drop table a'`,
    `psql postgres://u:p@h/db -c 'drop table a'`,
    `psql orders <<EOF\ndrop table a;\nEOF`,
    `psql orders <<< 'drop table a'`,
    `echo 'drop table a' | psql orders`,
    `cat <<'EOF' | psql\ndrop table a\nEOF`,
    `psql -f - <<EOF\ndrop table a;\nEOF`,
    `psql -c "DROP TABLE $T"`,
    `mysql -e 'drop table a'`,
    `mysql -uroot -psecret orders -e 'drop table a'`,
    `mysql -ph -e 'drop table a' -e 'select 1'`,
    `mysql --execute='truncate a'`,
    `mariadb -Ne 'delete from a'`,
    `mysql orders <<< 'drop database orders'`,
    `sudo -u postgres psql -c 'drop database orders'`,
    `kubectl exec pod -- psql -c 'drop table a'`,
    `docker exec db mysql -e 'drop table a'`,
    `su postgres -c "psql -c 'drop database orders'"`,
    'dropdb orders',
    'mysqladmin drop orders',
  ])('%s drops data', (text) => {
    expect(summary(text)).toBe('destroy opaque');
    expect(whyOf(text)).toContain('every later recovery point holds the loss');
  });

  it.each([
    'psql',
    'psql -f x.sql',
    'psql --file=x.sql',
    'psql < x.sql',
    'cat x.sql | psql',
    'psql -c "$SQL"',
    'psql -c "select * from $T"',
    'psql $ARGS',
    'psql "$@"',
    'mysql orders < dump.sql',
    'mysql',
    'pg_restore -d orders dump',
    'mysqladmin shutdown',
    "psql -c 'select 1' -f x.sql",
    "psql -v x='1; drop table t' <<< 'select :x;'",
    "mysql --pager='sh -c x' -e 'select 1'",
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it.each([
    `psql -c 'select 1'`,
    'psql -l',
    'psql --version',
    'psql -d "$DB" -c "select 1"',
    `psql -c '\\dt'`,
    `mysql -e 'show tables'`,
    `mysql -h "$H" -e 'select 1'`,
    'pg_dump orders > dump.sql',
    'mysqldump orders',
    'mysqladmin ping',
  ])('%s is harmless', (text) => {
    expect(summary(text)).toBe('none');
  });
});
