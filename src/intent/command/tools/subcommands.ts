/**
 * Tools known by their subcommands: which of those only look, which destroy, and why the rest is opaque.
 *
 * One row a tool. A subcommand that no row lists is opaque; so is one that stands behind an option which may or may
 * not take a word, and one with an option that runs another program.
 * Source: the command reference of each tool.
 */

import { type Arg, mayBeOption, programName } from '../arg.ts';
import { oneLine, printCommand } from '../printing.ts';
import { harmless, opaque, type Reading } from '../reading.ts';
import { isStateFile } from './files.ts';

interface Tool {
  readonly names: readonly string[];
  /** Subcommands, of one word or two, that leave databases alone. */
  readonly looks: string;
  readonly destroys?: string;
  /** Options in front of the subcommand that take a word. */
  readonly valued?: string;
  readonly flags?: string;
  /** Subcommands that write over, or take away, the files that they are given. */
  readonly writes?: string;
  /** Options, anywhere, that run another program or change what the subcommand is. */
  readonly denied?: string;
  readonly why: string;
  readonly whyDestroys?: string;
}

const STACK = 'what the stack holds is not in the command';
const CLUSTER = 'operators and controllers in the cluster may turn it into changes of databases';

const TOOLS: readonly Tool[] = [
  {
    names: ['kubectl', 'oc', 'k'],
    looks:
      'get describe logs top version cluster-info api-resources api-versions explain diff wait events completion options help | config view | config get-contexts | config current-context | auth can-i | auth whoami | rollout status | rollout history',
    destroys: 'delete',
    valued:
      '-n --namespace --context --cluster --user --kubeconfig -s --server --token --as --as-group --request-timeout --v -v',
    flags: '--insecure-skip-tls-verify --warnings-as-errors',
    why: CLUSTER,
  },
  {
    names: ['helm'],
    looks:
      'list ls status get history show inspect search version env template lint pull verify help completion | repo list | repo update | repo add | dependency list',
    destroys: 'uninstall delete del un',
    valued: '-n --namespace --kube-context --kubeconfig',
    flags: '--debug',
    denied: '--post-renderer',
    why: CLUSTER,
  },
  {
    names: ['pulumi'],
    looks: 'preview pre version whoami about logs help | stack ls | stack output | stack history | config get',
    destroys: 'destroy down dn',
    valued: '-C --cwd -s --stack --color',
    flags: '--non-interactive --logtostderr',
    why: `${STACK}; look with pulumi preview --diff`,
    whyDestroys: 'it deletes everything that the stack holds; look with pulumi preview --diff',
  },
  {
    names: ['cdk', 'cdk8s', 'cdktf'],
    looks: 'diff synth synthesize ls list doctor docs version help acknowledge notices metadata',
    destroys: 'destroy',
    valued: '-a --app -c --context -p --plugin --profile -o --output --region',
    flags: '-v --verbose --debug -j --json',
    denied: '-a --app -p --plugin',
    why: `${STACK}; look with cdk diff`,
    whyDestroys: 'it deletes everything that the stack holds; look with cdk diff',
  },
  {
    names: ['sam'],
    looks: 'validate list logs traces',
    destroys: 'delete',
    why: STACK,
    whyDestroys: 'it deletes everything that the stack holds',
  },
  {
    names: ['serverless', 'sls'],
    looks: 'info print logs metrics help',
    destroys: 'remove',
    why: STACK,
    whyDestroys: 'it deletes everything that the stack holds',
  },
  {
    names: ['sst'],
    looks: 'version diff',
    destroys: 'remove',
    why: STACK,
    whyDestroys: 'it deletes everything that the stage holds',
  },
  {
    names: ['eksctl'],
    looks: 'get version info help completion',
    destroys: 'delete',
    why: 'it works through CloudFormation stacks, whose content is not in the command',
  },
  {
    names: ['aws-nuke', 'cloud-nuke'],
    looks: 'version help',
    why: 'it deletes whatever its filters leave in the account',
    whyDestroys: 'it deletes whatever its filters leave in the account',
  },
  {
    names: ['custodian'],
    looks: 'validate schema version report logs',
    why: 'what its policies do is in a file that is not at hand',
  },
  {
    names: ['muster'],
    looks: 'scan report gate rules policy doctor verify hook demo lab | drill list | drill show | drill plan',
    why: 'a drill makes and deletes scratch databases',
  },
  {
    names: ['git'],
    looks:
      'status diff log show branch rev-parse ls-files ls-tree blame annotate describe remote shortlog reflog cat-file merge-base rev-list grep tag add commit fetch stash switch checkout restore mv init help version whatchanged name-rev for-each-ref count-objects check-ignore var cherry range-diff | worktree list | submodule status | config --get | config --list | config -l',
    writes: 'checkout restore mv stash rm clean',
    valued: '-C --git-dir --work-tree --namespace',
    flags: '--no-pager -P -p --paginate --no-optional-locks --bare --version --help',
    denied: '--config-env --exec-path --upload-pack --ext-diff --textconv -O --open-files-in-pager --template',
    why: 'what it sets off, in hooks, in the files it removes or in pipelines, is not in the command',
  },
  {
    names: ['docker', 'podman', 'nerdctl'],
    looks:
      'ps images image logs inspect version info top port stats history search events diff | image ls | container ls | network ls | volume ls | compose ps | compose logs | compose config | system df',
    valued: '-H --host -c --context --config',
    flags: '-D --debug',
    why: 'what runs inside the container is not in the command',
  },
  {
    names: ['docker-compose'],
    looks: 'ps logs config version images top',
    valued: '-f --file -p --project-name',
    why: 'what runs inside the containers is not in the command',
  },
  {
    names: ['npm', 'pnpm', 'yarn'],
    looks: 'ls list view info outdated why help prefix root whoami search version-check | bin',
    denied: '--script-shell',
    why: 'it runs scripts that are not in the command',
  },
  {
    names: ['pip', 'pip3'],
    looks: 'list show freeze check index help config',
    why: 'it runs code that is not in the command',
  },
  {
    names: ['cargo', 'go'],
    looks: 'version env tree metadata search fmt vet',
    denied: '-vettool -toolexec --config',
    why: 'it runs code that is not in the command',
  },
  {
    names: ['gh'],
    looks:
      'status version help | pr list | pr view | pr diff | pr status | pr checks | issue list | issue view | issue status | run list | run view | repo view | release list | release view | workflow list | workflow view | auth status',
    valued: '-R --repo',
    denied: '-w --web',
    why: 'what it sets off in the repository is not in the command',
  },
];

const TABLE: ReadonlyMap<string, Tool> = new Map(TOOLS.flatMap((tool) => tool.names.map((name) => [name, tool])));

/** The reading of a tool that is known by its subcommands; null for any other program. */
export function readTool(args: readonly Arg[]): Reading | null {
  const [program, ...rest] = args;
  const name = programName(program?.text ?? '');
  const tool = TABLE.get(name);
  if (tool === undefined || program === undefined) return null;
  const only = rest.length === 1 ? rest[0]?.text : '';
  if (only === '--version' || only === '--help' || only === '-h') return harmless(`${name} ${only}`);
  const found = subcommandOf(rest, tool);
  if (typeof found === 'string')
    return opaque(printCommand([program]), `which subcommand it runs is not certain (${oneLine(found, 40)})`);
  const [first = '', second = ''] = found;
  const address = oneLine([name, first, hasPair(tool, first) ? second : ''].filter(Boolean).join(' '), 60);
  const actions = [first];
  if (listed(tool.destroys, first, second))
    return opaque(address, tool.whyDestroys ?? tool.why, { class: 'destroy', actions });
  if (tool.whyDestroys === tool.why && !listed(tool.looks, first, second))
    return opaque(address, tool.why, { class: 'destroy', actions });
  if (!listed(tool.looks, first, second)) return opaque(address, tool.why, { actions });
  if (listed(tool.writes, first, second) && rest.some(({ text }) => isStateFile(text)))
    return opaque(address, 'puts another version of a Terraform state in its place, or takes it away', { actions });
  const denied = rest.find((arg, index) => isDenied(arg, rest[index - 1], tool));
  if (denied !== undefined) return opaque(address, 'an option of it may run another program', { actions });
  return harmless(address, actions);
}

/** The words behind the options in front; a string says what makes them uncertain. */
function subcommandOf(args: readonly Arg[], tool: Tool): readonly string[] | string {
  const valued = tool.valued?.split(' ') ?? [];
  const flags = tool.flags?.split(' ') ?? [];
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === undefined || !mayBeOption(arg)) break;
    if (arg.dynamic !== null && !arg.head.includes('=')) return arg.dynamic;
    const name = arg.head.split('=')[0] ?? '';
    if (arg.head.includes('=') && (valued.includes(name) || flags.includes(name))) continue;
    if (valued.includes(name)) index += 1;
    else if (!flags.includes(name)) return name;
    if (valued.includes(name) && args[index]?.splits) return args[index]?.dynamic ?? name;
  }
  const [first, second] = args.slice(index);
  if (first === undefined) return 'none is given';
  if (first.dynamic !== null) return first.dynamic;
  return [first.text, second === undefined || second.dynamic !== null ? '' : second.text];
}

function listed(list: string | undefined, first: string, second: string): boolean {
  const [single = '', ...pairs] = (list ?? '').split(' | ');
  return (
    (first !== '' && single.split(' ').includes(first)) ||
    pairs.some((pair) => pair === `${first} ${second}` || pair === first)
  );
}

function hasPair(tool: Tool, first: string): boolean {
  return tool.looks.includes(`| ${first} `);
}

/** Also a word nobody sees at a place where it may be an option; the value of `-m` is none. */
function isDenied(arg: Arg, before: Arg | undefined, tool: Tool): boolean {
  if (tool.denied === undefined) return false;
  // `ext::PROGRAM` as a remote of git is a program.
  if (tool.names.includes('git') && arg.text.startsWith('ext::')) return true;
  if (arg.dynamic !== null && arg.head === '') return arg.splits || !before?.head.startsWith('-');
  const name = arg.head.split('=')[0] ?? '';
  return tool.denied
    .split(' ')
    .some((option) => name === option || (option.length === 2 && /^-[^-]/.test(name) && name.startsWith(option)));
}
