/**
 * Claims for any input: never a throw, always an answer in bounded time, and no destroy that passes as harmless.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommand } from '../../../src/intent/command/read-command.ts';
import { classOf, shell } from './support.ts';

const DELETE = 'aws rds delete-db-cluster --db-cluster-identifier orders';
const REAL = [
  DELETE,
  'sudo -u root env A=1 terraform destroy -auto-approve',
  `bash <<EOF\n${DELETE}\nEOF`,
  `for i in a b; do ${DELETE}-$i; done | tee log`,
  `psql -c "select $$;$$; drop table x" -f y`,
  `git commit -m "$(cat <<'X'\nhello\nX\n)" && find . -name '*.ts' -exec sed 's/a/b/' {} +`,
  'kubectl -n prod exec -it pod -- mysql -uroot -psecret -e "delete from a where b=1"',
  'cat ids | xargs -I{} aws rds delete-db-snapshot --db-snapshot-identifier {}',
];
const PIECES = [
  '$(',
  ')',
  '`',
  '"',
  "'",
  '\\',
  '\n',
  ';',
  '|',
  '&&',
  `\${`,
  '}',
  '<<E',
  '{',
  '(',
  '$x',
  '*',
  '#',
  '=',
  '--',
  ' ',
  '\u0000',
  '\ud800',
];

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...REAL), fc.string({ maxLength: 5 })), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...REAL), fc.nat(), fc.nat({ max: 4 }), fc.constantFrom('', ...PIECES))
    .map(([real, at, cut, piece]) => {
      const place = at % real.length;
      return real.slice(0, place) + piece + real.slice(place + cut);
    }),
);

describe('whatever the command', () => {
  it('an intent comes back', () => {
    fc.assert(
      fc.property(text, (input) => {
        const intent = shell(input);
        expect(intent.source).toBe('command');
        expect(intent.actions).toEqual(intent.changes.flatMap((change) => change.steps));
        // An unknown command always says why.
        expect(intent.changes.every((change) => change.class !== 'unknown' || change.steps.length > 0)).toBe(true);
        expect(JSON.stringify(intent)).not.toContain('the reader failed on it');
      }),
      { numRuns: 500 },
    );
  });

  it('words are read without failing', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        'aws',
        'rds',
        '--region',
        'sh',
        '-c',
        'sudo',
        'psql',
        '-e',
        'terraform',
        'xargs',
        'find',
        '-exec',
        ';',
        '--',
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        expect(JSON.stringify(readCommand({ argv }, { scope: null }))).not.toContain('the reader failed on it');
      }),
      { numRuns: 500 },
    );
  });

  it('the same input gives the same intent', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(shell(input)).toEqual(shell(input));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a destroy in plain sight', () => {
  const quoted = (inner: string) => `'${inner.replaceAll("'", `'\\''`)}'`;
  const wrapper = fc.constantFrom<(inner: string) => string>(
    (inner) => `sudo ${inner}`,
    (inner) => `env A=1 ${inner}`,
    (inner) => `timeout 5 ${inner}`,
    (inner) => `nohup ${inner}`,
    (inner) => `nice -n 3 ${inner}`,
    (inner) => `command ${inner}`,
    (inner) => `xargs ${inner}`,
    (inner) => `find . -exec ${inner} \\;`,
    (inner) => `sh -c ${quoted(inner)}`,
    (inner) => `bash -lc ${quoted(inner)}`,
    (inner) => `eval ${quoted(inner)}`,
    (inner) => `ssh host ${quoted(inner)}`,
    (inner) => `docker exec web sh -c ${quoted(inner)}`,
    (inner) => `kubectl exec pod -- bash -c ${quoted(inner)}`,
    (inner) => `watch ${quoted(inner)}`,
    (inner) => `parallel ${quoted(inner)} ::: a`,
    (inner) => `printf '%s' ${quoted(inner)} | sh`,
    (inner) => `bash <<'EOF_X'\n${inner}\nEOF_X`,
  );
  const around = fc.constantFrom<(inner: string) => string>(
    (inner) => inner,
    (inner) => `( ${inner} )`,
    (inner) => `{ ${inner}\n}`,
    (inner) => `echo "$(${inner}\n)"`,
    (inner) => `ls; ${inner}`,
    (inner) => `true && ${inner}`,
    (inner) => `if true; then ${inner}\nfi`,
    (inner) => `while read x; do ${inner}\ndone`,
    (inner) => `f() { ${inner}\n}`,
    (inner) => `case a in a) ${inner}\n;; esac`,
    (inner) => `X=1; ${inner}`,
    (inner) => `set -e\n${inner}`,
  );

  it('never passes as harmless, wrapped and nested as it may be', () => {
    const nested = fc
      .tuple(fc.array(wrapper, { maxLength: 3 }), fc.array(around, { maxLength: 2 }))
      .map(([wrappers, structures]) =>
        structures.reduce(
          (inner, apply) => apply(inner),
          wrappers.reduce((inner, apply) => apply(inner), DELETE),
        ),
      );
    fc.assert(
      fc.property(nested, (input) => {
        expect(['destroy', 'unknown']).toContain(classOf(input));
      }),
      { numRuns: 400 },
    );
  });

  it('is found under each wrapper alone', () => {
    fc.assert(
      fc.property(wrapper, around, (wrap, enclose) => {
        expect(classOf(enclose(wrap(DELETE)))).toBe('destroy');
      }),
    );
  });
});

describe('a hostile text', () => {
  const OPENERS = [
    '(',
    '$(',
    '`',
    '{ ',
    'if ',
    '"$(',
    '<<a ',
    `\${`,
    '$((',
    '[[ (',
    'a{',
    'case x in (',
    '<(',
    '((',
    '@(',
    'coproc ',
    'sudo ',
    'eval ',
    'sh -c ',
    'a|',
    'X=$X$X;',
    "psql -c '/*",
  ];

  it.each(OPENERS)('of one megabyte of %j is answered as unknown', (opener) => {
    expect(classOf(opener.repeat(Math.floor(1_000_000 / opener.length)))).toBe('unknown');
  });

  it.each(OPENERS)(
    'that nests %j is answered in bounded time',
    (opener) => {
      for (const times of [50, 500, 3_000]) expect(shell(opener.repeat(times)).source).toBe('command');
    },
    5_000,
  );
});
