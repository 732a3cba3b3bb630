/**
 * Looks for a terraform or tofu binary and for the AWS provider on this machine; nothing is ever downloaded.
 *
 * The provider is looked for where Terraform itself would: in the mirrors and caches that its settings name, and in
 * its implied local mirrors. Source: Terraform CLI documentation, "CLI Configuration File": Provider Installation,
 * Implied Local Mirror Directories, Provider Plugin Cache.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const PROVIDER_VERSION = '5.100.0';

/** What the end-to-end test runs with. */
export interface Terraform {
  readonly binary: string;
  /** First line of its `version`. */
  readonly version: string;
  /** A folder for `filesystem_mirror`. */
  readonly mirror: string;
  /** `registry.terraform.io/hashicorp/aws` or its OpenTofu twin, whichever the mirror holds. */
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const BINARIES = ['terraform', 'tofu'];
const SOURCES = ['registry.terraform.io/hashicorp/aws', 'registry.opentofu.org/hashicorp/aws'];
/** Where images that carry a mirror put it. */
const CUSTOMARY_MIRROR = '/opt/tf-plugins';

/** Both, or a sentence that says what is missing and where it was looked for. */
export function findTerraform(env: Environment): Terraform | string {
  const found = findBinary();
  if (found === null) return `neither ${BINARIES.join(' nor ')} is on PATH`;
  const mirrors = mirrorsOf(env);
  for (const mirror of mirrors) {
    const source = SOURCES.find((name) => holdsProvider(join(mirror, name)));
    if (source !== undefined) return { ...found, mirror, source };
  }
  const where = mirrors.length === 0 ? 'no mirror exists' : `looked in ${mirrors.join(', ')}`;
  return `no AWS provider ${PROVIDER_VERSION} for ${target()} (${where}; MUSTER_TEST_TF_MIRROR names another mirror)`;
}

function findBinary(): Pick<Terraform, 'binary' | 'version'> | null {
  for (const binary of BINARIES) {
    try {
      const env = { ...process.env, CHECKPOINT_DISABLE: '1' };
      const text = execFileSync(binary, ['version'], { env, encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
      return { binary, version: text.split('\n')[0] ?? '' };
    } catch {
      // Not there, or not able to run here: the next one may be.
    }
  }
  return null;
}

function mirrorsOf(env: Environment): string[] {
  const home = homedir();
  const settings = [env['TF_CLI_CONFIG_FILE'], join(home, '.terraformrc'), join(home, '.tofurc')];
  const data = [env['XDG_DATA_HOME'] ?? join(home, '.local/share'), ...dataFolders(env)];
  const folders = [
    env['MUSTER_TEST_TF_MIRROR'] ?? CUSTOMARY_MIRROR,
    ...settings.flatMap(foldersNamedBy),
    env['TF_PLUGIN_CACHE_DIR'],
    join(home, '.terraform.d/plugins'),
    ...data.flatMap((folder) => [join(folder, 'terraform/plugins'), join(folder, 'opentofu/plugins')]),
  ];
  return [...new Set(folders)].filter(
    (folder) => folder !== undefined && folder !== '' && existsSync(folder),
  ) as string[];
}

function dataFolders(env: Environment): string[] {
  return (env['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':').filter((folder) => folder !== '');
}

/** The folders of `filesystem_mirror` blocks and the plugin cache; a settings file that is not there names none. */
function foldersNamedBy(path: string | undefined): string[] {
  if (path === undefined || !existsSync(path)) return [];
  const named = readFileSync(path, 'utf8').matchAll(/^[^#\n]*\b(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm);
  return [...named].flatMap(([, folder]) => folder?.replace(/^(?:~|\$HOME)(?=\/)/, homedir()) ?? []);
}

/** Unpacked or packed, the two layouts of a mirror. */
function holdsProvider(folder: string): boolean {
  const packed = `terraform-provider-aws_${PROVIDER_VERSION}_${target()}.zip`;
  return existsSync(join(folder, PROVIDER_VERSION, target())) || existsSync(join(folder, packed));
}

/** Go's names for this platform. */
function target(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${os}_${architecture}`;
}
