/**
 * Programs that run another command: one row each, with what stands between their name and that command.
 *
 * A row lists every option it knows and whether the option takes a word. An option that no row lists could take the
 * next word or not, so the command behind it is not certain and the whole is opaque.
 * Source: the manual page of each program (sudo 1.9, coreutils 9, util-linux 2.40, findutils 4.10, GNU parallel,
 * OpenSSH 9, docker and kubectl command references, aws-vault and chamber usage).
 */

/** How one program passes a command on. */
export interface Wrapper {
  readonly names: readonly string[];
  /** Options that take a word. */
  readonly valued?: string;
  /** Options that stand alone. */
  readonly flags?: string;
  /** Words in front of the command: a duration, a host, a container. */
  readonly words?: number;
  /** `NAME=value` words may stand in front of the command. */
  readonly assigns?: true;
  /** The words are joined and read by a shell. */
  readonly joins?: true;
  /** Options whose value is shell text. */
  readonly scripts?: string;
  /** The command stands behind `--`. */
  readonly dashes?: true;
  /** `-10` is an option. */
  readonly numeric?: true;
  /** Words that it adds, or puts in the place of a marker, and nobody sees. */
  readonly appends?: string;
  /** Options that set the marker, or else `{}`. */
  readonly marker?: string;
  /** The account is whatever the credentials over there say. */
  readonly redirect?: string;
  /** What it does when no command is given. */
  readonly bare: 'harmless' | 'reads shell text' | 'opaque';
}

const KUBE =
  '-n --namespace -c --container --context --cluster --user --kubeconfig -s --server --token --as --request-timeout --pod-running-timeout -f --filename';

/** All wrappers. */
export const WRAPPERS: readonly Wrapper[] = [
  {
    names: ['sudo'],
    valued:
      '-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -D --chdir -R --chroot',
    flags:
      '-A --askpass -b --background -E --preserve-env -H --set-home -i --login -K -k -n --non-interactive -P -S --stdin -s --shell -B -N',
    assigns: true,
    redirect: 'the credentials of the other user',
    bare: 'opaque',
  },
  {
    names: ['doas'],
    valued: '-u -C -a',
    flags: '-n -s -L',
    redirect: 'the credentials of the other user',
    bare: 'opaque',
  },
  {
    names: ['env'],
    valued: '-u --unset -C --chdir -a --argv0',
    flags: '-i --ignore-environment -0 --null -v --debug -',
    assigns: true,
    bare: 'harmless',
  },
  { names: ['command', 'builtin'], flags: '-p -v -V', bare: 'harmless' },
  { names: ['exec'], valued: '-a', flags: '-c -l', bare: 'harmless' },
  { names: ['nohup', 'setsid', 'caffeinate'], flags: '-c -f -w --ctty --fork --wait -i -s -d -m -u', bare: 'harmless' },
  { names: ['unbuffer', 'noglob', 'nocorrect'], flags: '-p', bare: 'harmless' },
  {
    names: ['time'],
    valued: '-f --format -o --output',
    flags: '-p --portability -v --verbose -a --append -q --quiet -l',
    bare: 'harmless',
  },
  {
    names: ['timeout', 'gtimeout'],
    valued: '-s --signal -k --kill-after',
    flags: '--preserve-status --foreground -v --verbose -f -p',
    words: 1,
    bare: 'opaque',
  },
  { names: ['nice'], valued: '-n --adjustment', numeric: true, bare: 'harmless' },
  { names: ['ionice'], valued: '-c --class -n --classdata', flags: '-t --ignore', bare: 'harmless' },
  { names: ['chrt'], flags: '-b -f -i -o -r -a -v -m', words: 1, bare: 'opaque' },
  { names: ['taskset'], flags: '-c -a --cpu-list --all-tasks', words: 1, bare: 'opaque' },
  { names: ['stdbuf'], valued: '-i --input -o --output -e --error', bare: 'opaque' },
  {
    names: ['watch'],
    valued: '-n --interval -q --equexit',
    flags: '-d --differences -t --no-title -b --beep -e --errexit -g --chgexit -c --color -x --exec -p --precise',
    joins: true,
    bare: 'opaque',
  },
  {
    names: ['xargs', 'gxargs'],
    valued:
      '-I -n --max-args -P --max-procs -L --max-lines -d --delimiter -E -s --max-chars -a --arg-file -J -R -S --process-slot-var',
    flags:
      '-0 --null -r --no-run-if-empty -t --verbose -p --interactive -x --exit -o --open-tty -i --replace -e -l --eof',
    marker: '-I -J --replace -i',
    appends: 'what xargs reads',
    bare: 'harmless',
  },
  {
    names: ['parallel'],
    valued:
      '-j --jobs -P --max-procs -a --arg-file --colsep -C --delay --timeout --retries --joblog --results -I -n --max-args -N -L --halt -d --delimiter --tmpdir --workdir --wd',
    flags:
      '-k --keep-order -q --quote -r --no-run-if-empty -t --verbose -v --dry-run --bar --progress --eta -u --ungroup --line-buffer --lb -0 --null -X -m --no-notice --will-cite --group',
    marker: '-I',
    appends: 'what parallel is given',
    joins: true,
    bare: 'reads shell text',
  },
  {
    names: ['ssh'],
    valued: '-b -c -D -E -e -F -I -i -J -L -l -m -O -p -Q -R -S -W -w -B',
    flags: '-4 -6 -A -a -C -f -G -g -K -k -M -N -n -q -s -T -t -V -v -X -x -Y -y',
    words: 1,
    joins: true,
    redirect: 'the credentials of the other host',
    bare: 'reads shell text',
  },
  {
    names: ['docker exec', 'podman exec', 'nerdctl exec', 'docker container exec'],
    valued: '-e --env --env-file -u --user -w --workdir --detach-keys',
    flags: '-d --detach -i --interactive -t --tty --privileged -l --latest',
    words: 1,
    redirect: 'the credentials inside the container',
    bare: 'opaque',
  },
  {
    names: ['docker compose exec', 'docker-compose exec', 'podman compose exec'],
    valued: '-e --env -u --user -w --workdir --index',
    flags: '-d --detach -T --no-TTY --no-tty --privileged -i -t --interactive',
    words: 1,
    redirect: 'the credentials inside the container',
    bare: 'opaque',
  },
  {
    names: ['kubectl exec', 'oc exec'],
    valued: KUBE,
    flags: '-i --stdin -t --tty -q --quiet',
    words: 1,
    dashes: true,
    redirect: 'the credentials inside the pod',
    bare: 'opaque',
  },
  {
    names: ['aws-vault exec'],
    valued: '-d --duration -p --prompt --region -r --mfa-token -t --backend --keychain',
    flags: '-n --no-session --json -s --server --ecs-server --ec2-server --lazy --stdout --debug -j',
    words: 1,
    redirect: 'the profile given to aws-vault',
    bare: 'opaque',
  },
  { names: ['chamber exec'], flags: '--pristine --strict', dashes: true, redirect: 'chamber', bare: 'opaque' },
  { names: ['op run', 'doppler run', 'infisical run'], dashes: true, redirect: 'the secret store', bare: 'opaque' },
  {
    names: [
      'poetry run',
      'pipenv run',
      'bundle exec',
      'uv run',
      'pdm run',
      'rye run',
      'mise exec',
      'mise x',
      'asdf exec',
    ],
    valued: '--with --python -p --project --directory --env-file',
    flags: '-q --quiet --no-sync --frozen --isolated',
    bare: 'opaque',
  },
  {
    names: ['flock'],
    valued: '-w --timeout -E',
    flags: '-s -x -e -n -o -u -F --nonblock',
    scripts: '-c --command',
    words: 1,
    bare: 'harmless',
  },
  {
    names: ['su', 'runuser'],
    valued: '-s --shell -g --group -G -w',
    flags: '- -l --login -m -p -P --pty',
    scripts: '-c --command',
    words: 1,
    redirect: 'the credentials of the other user',
    bare: 'opaque',
  },
  {
    names: ['script'],
    valued: '-I -O -B -T -m -E -o',
    flags: '-a -e -f -q -t --append --return --flush --quiet',
    scripts: '-c --command',
    words: 1,
    bare: 'opaque',
  },
  { names: ['busybox', 'toybox'], bare: 'harmless' },
  { names: ['chroot'], valued: '--userspec --groups', flags: '--skip-chdir', words: 1, bare: 'opaque' },
  { names: ['faketime'], valued: '-p', flags: '-f -m', words: 1, bare: 'opaque' },
  {
    names: ['strace', 'ltrace'],
    valued: '-e -o -p -s -u -E -P',
    flags: '-f -ff -q -qq -t -tt -T -c -C -y -v -x',
    bare: 'opaque',
  },
];
