/**
 * Plain commands that leave every database alone: the only programs that are harmless by name.
 *
 * A few of them can run another program, or can destroy a Terraform state; those have a check. What is not listed
 * here or read elsewhere is unknown: an executable that nobody knows may reach a protected account.
 * Source: POSIX.1-2024, Utilities; GNU coreutils, findutils, grep, sed, gawk and tar manuals; Bash Reference Manual,
 * "Shell Builtin Commands".
 */

import { type Arg, programName } from '../arg.ts';
import { type Environment, outsideShell } from '../environment.ts';
import { printCommand } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { runsAsIndex } from '../shell/survey.ts';
import { withFound } from '../wrappers/read-wrapper.ts';
import { guardedFile, isStateFile, mayBeStateFile } from './files.ts';
import { isPlainAwk, isPlainSed } from './small-languages.ts';

const words = (text: string) => new Set(text.split(' '));

const PLAIN = words(
  ': [ [[ true false test echo printf cd pwd pushd popd dirs export set unset local declare typeset readonly let read getopts shift return exit break continue wait jobs fg bg disown kill umask ulimit shopt times type which whereis whence history logout suspend caller ls cat grep egrep fgrep zgrep head tail wc nl tac rev fold fmt paste join comm diff cmp cut tr uniq seq sleep date cal basename dirname realpath readlink pathchk stat file du df free uptime uname arch whoami id groups who users hostname tty nproc lscpu lsblk lsof printenv locale ps pgrep pstree top tree mkdir rmdir touch chmod chown chgrp mktemp jq yq xmllint column expand unexpand tsort shuf factor expr bc md5sum sha1sum sha224sum sha256sum sha512sum b2sum cksum sum base64 base32 xxd od hexdump strings iconv zcat bzcat xzcat unzip zipinfo clear reset tput stty getent getconf sync ping host dig nslookup eza exa jobs cksum yes numfmt look cygpath pbcopy pbpaste md5 sw_vers',
);
const SPEAKS = words('echo printf export set declare local typeset readonly test [ [[ expr : read yes');
/** These destroy or overwrite whatever file they are given. */
const DESTROYS_FILES = words('rm mv unlink shred truncate tee dd gzip bzip2 xz zstd');
/** These write to the last name they are given. */
const WRITES_LAST = words('cp ln install');
/** Plain otherwise, these write over a file that they are given when one of their words looks so. */
const WRITES_WHEN: Readonly<Record<string, RegExp>> = {
  sort: /^-[a-zA-Z]*o|^--o/,
  yq: /^-[a-zA-Z]*i|^--inplace/,
  tar: /^-?[a-zA-Z]{0,4}x[a-zA-Z]{0,4}$|^--(?:ex|get)/,
  unzip: /^(?!-)/,
};
/** Options that run another program. */
const RUNS_BY_OPTION: Readonly<Record<string, readonly string[]>> = {
  sort: ['--compress-program'],
  rg: ['--pre', '--hostname-bin'],
  split: ['--filter'],
  mapfile: ['-C'],
  readarray: ['-C'],
  ag: ['--pager'],
  bat: ['--pager'],
  less: ['+'],
  more: ['+'],
  tar: [
    '--to-command',
    '--checkpoint-action',
    '-I',
    '--use-compress-program',
    '--rsh-command',
    '-F',
    '--info-script',
    '--new-volume-script',
  ],
  gunzip: [],
};
const FIND_RUNS = words('-exec -execdir -ok -okdir');
/** Builtins that evaluate the index of an array they are told to set or test, substitutions included. */
const EVALUATES = words(
  'let test [ printf read unset declare local typeset export readonly getopts wait mapfile readarray',
);
const FIND_WRITES = words('-delete -fprint -fprint0 -fprintf -fls');

/** The reading of a plain command; null for a program that is not listed. */
export function readPlain(args: readonly Arg[], environment: Environment): readonly Reading[] | null {
  const [program, ...rest] = args;
  const name = programName(program?.text ?? '');
  const address = printCommand(args);
  if (EVALUATES.has(name) && rest.some(({ text }) => runsAsIndex(text))) {
    return [opaque(name, 'an index that is evaluated may run a program')];
  }
  const writes = Object.hasOwn(WRITES_WHEN, name) ? WRITES_WHEN[name] : undefined;
  const written = writes && rest.some(({ head }) => writes.test(head)) ? guardedAmong(rest) : null;
  if (written !== null) return [opaque(address, `may write over ${written}`)];
  // What is echoed or assigned may be anything, passwords too.
  if (PLAIN.has(name)) return [harmless(SPEAKS.has(name) ? name : address)];
  if (DESTROYS_FILES.has(name)) return [readFileDestroyer(address, rest)];
  if (WRITES_LAST.has(name)) {
    const written = writtenLast(rest);
    return [written === null ? harmless(address) : opaque(address, `writes over ${written}`)];
  }
  if (Object.hasOwn(RUNS_BY_OPTION, name)) return [readByOptions(address, rest, RUNS_BY_OPTION[name] ?? [])];
  switch (name) {
    case 'find':
      return readFind(address, rest, environment);
    case 'sed':
    case 'gsed':
      if (guardedAmong(rest) !== null && rest.some(({ head }) => /^(?:-[a-zA-Z]*i|--in-place)/.test(head)))
        return [opaque(address, `writes over ${guardedAmong(rest)}`)];
      return [isPlainSed(rest) ? harmless(address) : opaque(address, 'its script may run a program')];
    case 'awk':
    case 'gawk':
    case 'mawk':
    case 'nawk':
      return [isPlainAwk(rest) ? harmless(address) : opaque(address, 'its program may run another one')];
    default:
      return null;
  }
}

/** What one of the words names that other commands lean on. */
function guardedAmong(args: readonly Arg[]): string | null {
  return args.map(({ text }) => guardedFile(text)).find((what) => what !== null) ?? null;
}

/** A folder that is copied into gets a file of the same name: an old state takes the place of the one that is there. */
function writtenLast(args: readonly Arg[]): string | null {
  const last = args.at(-1);
  if (last === undefined) return null;
  const isFile = /[^./][^/]*\.[^./]+$/.test(last.text);
  return guardedFile(last.text) ?? (isFile ? null : guardedAmong(args));
}

function readFileDestroyer(address: string, args: readonly Arg[]): Reading {
  const state = args.some(({ text, dynamic }) => (dynamic === null ? isStateFile(text.replace(/^of=/, '')) : false));
  if (state) return opaque(address, 'a Terraform state goes: the next plan would not know what exists');
  const guarded = guardedAmong(args);
  if (guarded !== null) return opaque(address, `writes over ${guarded}, or takes it away`);
  const unclear = args.find(
    (arg) => arg.dynamic !== null && mayBeStateFile(arg.dynamic === 'a pattern' ? arg.text : ''),
  );
  return unclear === undefined
    ? harmless(address)
    : opaque(address, `a Terraform state may be among ${unclear.dynamic}`);
}

function readByOptions(address: string, args: readonly Arg[], denied: readonly string[]): Reading {
  const runs = args.some(
    ({ head, dynamic, splits }) =>
      (dynamic !== null && head === '' && splits && dynamic !== 'a pattern') ||
      denied.some(
        (option) =>
          head.startsWith(option) ||
          inCluster(head, option) ||
          (head.startsWith('--') && head.length > 3 && option.startsWith(head)),
      ),
  );
  return runs ? opaque(address, 'an option of it may run another program') : harmless(address);
}

/** `-xIf`; a cluster without its dash (`tar xIf`) as well. */
function inCluster(head: string, option: string): boolean {
  return option.length === 2 && /^-?[a-zA-Z]+$/.test(head) && head.length < 8 && head.includes(option.slice(1));
}

function readFind(address: string, args: readonly Arg[], environment: Environment): readonly Reading[] {
  const at = args.findIndex(({ text, dynamic }) => dynamic === null && FIND_RUNS.has(text));
  if (at < 0) {
    const unseen = args.find(
      (arg, index) => arg.dynamic !== null && arg.splits && arg.dynamic !== 'a pattern' && index > 0,
    );
    if (unseen) return [opaque(address, `what it does with what it finds depends on ${unseen.dynamic}`)];
    if (!args.some(({ text }) => FIND_WRITES.has(text))) return [harmless(address)];
    return [
      deletesNoState(args) ? harmless(address) : opaque(address, 'a Terraform state may be among what it deletes'),
    ];
  }
  const behind = args.slice(at + 1);
  const end = behind.findIndex(({ text }) => text === ';' || text === '+');
  if (end < 0) return [opaque(address, 'the end of the command that it runs is missing')];
  const rest = behind.slice(end + 1);
  return [
    ...environment.readers.command(withFound(behind.slice(0, end)), {
      ...outsideShell(environment),
      wrapped: environment.wrapped + 1,
    }),
    ...(rest.length === 0 ? [] : readFind(address, rest, environment)),
  ];
}

/** `find -name PATTERN -delete` with a pattern that no state file fits, and nothing that turns the test around. */
function deletesNoState(args: readonly Arg[]): boolean {
  const names = args.filter((_, index) => ['-name', '-iname'].includes(args[index - 1]?.text ?? ''));
  const turned = args.some(({ text }) => ['!', '-not', '-o', '-or', ','].includes(text));
  const fits = ({ text }: Arg) =>
    /[*?[]/.test(text) ? mayBeStateFile(text.toLowerCase()) : isStateFile(text.toLowerCase());
  return names.length > 0 && !turned && names.every((name) => name.dynamic === null && !fits(name));
}
