/**
 * The shell's grammar: wherever a simple command stands, and however it is quoted, it is read.
 */

import { describe, expect, it } from 'vitest';
import { classOf, shell, stepOf, summary, whyOf } from './support.ts';

const DELETE = 'aws rds delete-db-cluster --db-cluster-identifier orders';

describe('a command is found', () => {
  it.each([
    DELETE,
    `cd infra; ${DELETE}`,
    `cd infra && ${DELETE}`,
    `false || ${DELETE}`,
    `${DELETE} &`,
    `echo a\n${DELETE}\necho b`,
    `echo y | ${DELETE}`,
    `${DELETE} | tee log`,
    `${DELETE} 2>&1 >/dev/null`,
    `> log ${DELETE}`,
    `! ${DELETE}`,
    `time ${DELETE}`,
    `time -p ${DELETE}`,
    `(${DELETE})`,
    `{ ${DELETE}; }`,
    `if true; then ${DELETE}; fi`,
    `if ${DELETE}; then true; fi`,
    `if false; then true; elif true; then ${DELETE}; fi`,
    `if false; then true; else ${DELETE}; fi`,
    `while ${DELETE}; do sleep 1; done`,
    `until false; do ${DELETE}; done`,
    `for i in 1 2; do ${DELETE}; done`,
    `for ((i=0; i<3; i++)); do ${DELETE}; done`,
    `case x in x) ${DELETE};; esac`,
    `select x in a; do ${DELETE}; done`,
    `f() { ${DELETE}; }`,
    `function f { ${DELETE}; }; f`,
    `echo $(${DELETE})`,
    `echo "$(${DELETE})"`,
    `echo \`${DELETE}\``,
    `cat <(${DELETE})`,
    `tee >(${DELETE}) </dev/null`,
    `X=$(${DELETE})`,
    `export X=$(${DELETE})`,
    `echo \${X:-$(${DELETE})}`,
    `[[ $(${DELETE}) == x ]] && true`,
    `echo $(( $(${DELETE}) + 1 ))`,
    `cat <<EOF\n$(${DELETE})\nEOF`,
    `ls >$(${DELETE})`,
    `coproc ${DELETE}`,
    `while read x; do true; done < <(${DELETE})`,
    `{ ls; } > $(${DELETE})`,
    `{ cat; } <<EOF\n$(${DELETE})\nEOF`,
    `X=($(${DELETE}))`,
    `a[$(${DELETE})]=1`,
    `X=a; ${DELETE}; X=b`,
    `set -euo pipefail; ${DELETE}`,
    `trap '${DELETE}' EXIT`,
    `alias x='${DELETE}'`,
    `${DELETE} # and a comment`,
    `aws rds \\\n  delete-db-cluster \\\n  --db-cluster-identifier orders`,
  ])('%s', (text) => {
    expect(shell(text).actions.map(({ kind }) => kind)).toContain('delete_db_cluster');
    expect(classOf(text)).toBe('destroy');
  });
});

describe('quotes are taken off', () => {
  it.each([
    `'aws' "rds" delete-db-cluster --db-cluster-identifier 'orders'`,
    'a"w"s rds dele\\te-db-cluster --db-cluster-identifier ord"er"s',
    "$'\\x61ws' rds delete-db-cluster --db-cluster-identifier $'orders'",
    '\\aws rds delete-db-cluster --db-cluster-identifier orders',
    "aws rds delete-db-cluster --db-cluster-identifier='orders'",
    'aws rds "delete-db-cluster" "--db-cluster-identifier" "orders"',
    '/usr/local/bin/aws rds delete-db-cluster --db-cluster-identifier orders',
    'aws.exe rds delete-db-cluster --db-cluster-identifier orders',
  ])('%s', (text) => {
    expect(stepOf(text)).toMatchObject({ kind: 'delete_db_cluster', target: { identifier: 'orders' } });
  });

  it('a command in quotes is not run', () => {
    expect(summary(`echo '${DELETE}'`)).toBe('none');
    expect(summary(`git commit -m "${DELETE}"`)).toBe('none');
    expect(summary(`# ${DELETE}`)).toBe('none');
    expect(summary(`cat > notes.md <<'EOF'\n${DELETE}\n$(${DELETE})\nEOF`)).toBe('none');
  });
});

describe('a variable is resolved', () => {
  it.each([
    'X=orders; aws rds delete-db-cluster --db-cluster-identifier $X',
    'X=orders\naws rds delete-db-cluster --db-cluster-identifier "$X"',
    `X=orders && aws rds delete-db-cluster --db-cluster-identifier \${X}`,
    'export X=orders; aws rds delete-db-cluster --db-cluster-identifier $X',
    'readonly X=orders; aws rds delete-db-cluster --db-cluster-identifier $X',
    `A=ord; X="\${A}ers"; aws rds delete-db-cluster --db-cluster-identifier "$X"`,
    'OP=delete-db-cluster; aws rds $OP --db-cluster-identifier orders',
    'set -eu; X=orders; if true; then aws rds delete-db-cluster --db-cluster-identifier $X; fi',
    'X=orders; sh -c "aws rds delete-db-cluster --db-cluster-identifier $X"',
    'X=orders; bash <<EOF\naws rds delete-db-cluster --db-cluster-identifier $X\nEOF',
  ])('where one literal assignment always comes before: %s', (text) => {
    expect(shell(text).actions).toEqual([
      expect.objectContaining({ kind: 'delete_db_cluster', target: expect.objectContaining({ identifier: 'orders' }) }),
    ]);
  });

  it.each([
    ['assigned twice', 'X=a; X=orders; '],
    ['assigned in a branch', 'if true; then X=orders; fi; '],
    ['assigned behind &&', 'true && X=orders; '],
    ['assigned in a subshell', '(X=orders); '],
    ['assigned in a pipeline', 'true | X=orders; '],
    ['assigned in the background', 'X=orders & '],
    ['assigned in a function', 'f() { X=orders; }; '],
    ['assigned in front of a command', 'X=orders true; '],
    ['appended to', 'X=or; X+=ders; '],
    ['read', 'X=orders; read X; '],
    ['read by another builtin', 'X=orders; printf -v X %s a; '],
    ['the variable of a loop', 'X=orders; for X in a; do true; done; '],
    ['unset', 'X=orders; unset X; '],
    ['set in arithmetic', 'X=1; ((X=2)); '],
    ['given a default', `X=orders; : \${X:=a}; `],
    ['another name for something', 'declare -n X=Y; X=orders; '],
    ['at the mercy of eval', 'X=orders; eval true; '],
    ['an array', 'X=(orders); '],
    ['made of a substitution', 'X=$(cat f); '],
    ['several words', 'X="a b"; '],
    ['empty', 'X=; '],
    ['not assigned', ''],
  ])('not where it is %s', (_, before) => {
    const text = `${before}aws rds delete-db-cluster --db-cluster-identifier $X`;
    expect(summary(text)).toContain('destroy opaque');
    expect(whyOf(text)).toContain('$X');
  });

  it('not before it is assigned', () => {
    expect(summary('aws rds delete-db-cluster --db-cluster-identifier $X; X=orders')).toBe('destroy opaque');
  });

  it('not where the text of another shell names it', () => {
    expect(summary("X=orders; sh -c 'aws rds delete-db-cluster --db-cluster-identifier $X'")).toBe('destroy opaque');
  });
});

describe('a name that the script takes for itself', () => {
  it.each([
    ['alias aws=echo; aws rds describe-db-instances', 'alias'],
    [`alias ls='${DELETE}'; ls`, 'alias'],
    ['aws() { command aws "$@"; }; aws rds describe-db-instances', 'function'],
    ['terraform() { :; }; terraform plan', 'function'],
    ['ls() { :; }; ls', 'function'],
    ['frob() { :; }; command frob', 'not known'],
    ['frob() { :; }; find . -exec frob {} +', 'not known'],
    ["unset 'a[$(frob)]'", 'index'],
    ['PATH=/evil:$PATH; ls', 'PATH'],
    ['PATH=/evil ls', 'PATH'],
    ['env PATH=/evil ls', 'PATH'],
    ['LD_PRELOAD=x.so ls', 'LD_PRELOAD'],
    ['export BASH_ENV=x; ls', 'BASH_ENV'],
    ['GIT_SSH_COMMAND=x git fetch', 'GIT_SSH_COMMAND'],
    ['./aws rds describe-db-instances', 'folder of its own'],
    ['/tmp/ls', 'folder of its own'],
  ])('%s is not trusted', (text, what) => {
    expect(classOf(text)).not.toBe('none');
    expect(whyOf(text)).toContain(what);
  });

  it.each([
    'export PATH=$PATH:/opt/x/bin; ls',
    'PATH="$PATH:/x"; ls',
    'GIT_PAGER=cat git log',
    'AWS_PAGER="" aws rds describe-db-instances',
  ])('%s takes nothing', (text) => {
    expect(summary(text)).toBe('none');
  });

  it('a function of a new name is judged where it is defined', () => {
    expect(summary('greet() { echo hi; }; greet')).toBe('none');
    expect(summary('run() { "$@"; }; run ls')).toBe('unknown opaque');
  });
});

describe('text for another shell', () => {
  it.each([
    `sh -c '${DELETE}'`,
    `bash -c "${DELETE}"`,
    `bash -lc '${DELETE}'`,
    `bash -euo pipefail -c '${DELETE}'`,
    `bash --norc --noprofile -c '${DELETE}' name arg`,
    `zsh -ic '${DELETE}'`,
    `/bin/sh -c '${DELETE}'`,
    `sh -c "sh -c '${DELETE}'"`,
    `eval '${DELETE}'`,
    `eval ${DELETE}`,
    `bash <<EOF\n${DELETE}\nEOF`,
    `bash -s <<'EOF'\n${DELETE}\nEOF`,
    `sh <<-EOF\n\t${DELETE}\n\tEOF`,
    `bash <<< '${DELETE}'`,
    `echo '${DELETE}' | bash`,
    `echo ${DELETE} | sh`,
    `echo -n '${DELETE}' | bash -`,
    `printf '${DELETE}\\n' | sh`,
    `printf '%s\\n' '${DELETE}' | sh`,
    `cat <<EOF | bash\n${DELETE}\nEOF`,
    `echo '${DELETE}' | cat | bash`,
    `echo '${DELETE}' | (bash)`,
    `{ bash; } <<EOF\n${DELETE}\nEOF`,
    `su postgres -c '${DELETE}'`,
    `script -qc '${DELETE}' /dev/null`,
    `watch -n 5 '${DELETE}'`,
    `watch ${DELETE}`,
    `flock /tmp/l -c '${DELETE}'`,
    `ssh -i key -p 22 me@host '${DELETE}'`,
    `ssh host <<EOF\n${DELETE}\nEOF`,
    `ssh host bash -s <<EOF\n${DELETE}\nEOF`,
    `echo '${DELETE}' | sudo -E sh`,
    `parallel <<EOF\n${DELETE}\nEOF`,
  ])('%s is read', (text) => {
    expect(shell(text).actions.map(({ kind }) => kind)).toEqual(['delete_db_cluster']);
  });

  it.each([
    'curl -s https://example.org/x.sh | sh',
    'wget -qO- https://example.org/x | bash -s -- --yes',
    'base64 -d x | sh',
    'cat script.sh | bash',
    'bash script.sh',
    'bash < script.sh',
    'bash <(curl -s https://example.org)',
    './script.sh',
    'source x.sh',
    '. ./env.sh',
    'sh',
    'sh -c "$CMD"',
    'sh -c',
    'bash -c "echo $X"',
    'bash --rcfile x -c ls',
    'bash $OPTS -c ls',
    'eval "$CMD"',
    'eval $(ssh-agent)',
    `echo -e 'a\\x77s rds x' | sh`,
    'echo "$CMD" | sh',
    'fish -c ls',
    'pwsh -Command ls',
    'ssh host',
    'trap "$X" EXIT',
  ])('%s is unknown', (text) => {
    expect(classOf(text)).toBe('unknown');
  });

  it('that holds a variable keeps the name of the destroy in it', () => {
    expect(summary(`sh -c "${DELETE} $EXTRA"`)).toBe('destroy opaque');
  });
});

describe('what the grammar does not read', () => {
  it.each(['if true; then', 'echo "abc', 'ls )', "echo 'x", '((', 'case x in', '$(', 'ls &&'])(
    '%s is unknown',
    (text) => {
      expect(classOf(text)).toBe('unknown');
    },
  );

  it('does not hide what was read before it', () => {
    expect(summary(`${DELETE}; if true; then`)).toContain('delete_db_cluster');
  });

  it('is unknown when it is nested too deeply, too long, or too much', () => {
    expect(classOf(`echo ${'$('.repeat(300)}ls${')'.repeat(300)}`)).toBe('unknown');
    expect(classOf('x'.repeat(300_000))).toBe('unknown');
    expect(classOf('ls;'.repeat(600))).toBe('unknown');
    expect(classOf(`${'sudo '.repeat(40)}ls`)).toBe('unknown');
  });

  it('is nothing when nothing is there', () => {
    expect(shell('').changes).toEqual([]);
    expect(shell('  \n # nothing').changes).toEqual([]);
  });
});
