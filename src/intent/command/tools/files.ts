/**
 * Names of files that other commands lean on: Terraform's state and the settings of the AWS CLI.
 *
 * A lost state makes the next plan mistake the world; other settings send the next call to another account, or make its
 * words mean something else. By name only; nothing is read. Source: Terraform CLI, "State" and "Working directory
 * contents"; AWS CLI User Guide, "Configuration and credential file settings" and "Aliases".
 */

/** True for `terraform.tfstate`, its backups, and anything in `.terraform`. */
export function isStateFile(path: string): boolean {
  const parts = path
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const name = parts.at(-1) ?? '';
  return (
    name.includes('.tfstate') ||
    name === 'tfstate' ||
    parts.includes('.terraform') ||
    parts.includes('terraform.tfstate.d') ||
    parts.includes('.terragrunt-cache')
  );
}

/** What a command that writes this file changes for those that follow; null for any other file. */
export function guardedFile(path: string): string | null {
  if (isStateFile(path)) return 'a Terraform state file';
  const parts = path.toLowerCase().split('/');
  return parts.includes('.aws') && !parts.includes('cache') ? 'the settings of the AWS CLI' : null;
}

/** Folders that tools fill and empty at will. */
const BUILT = new Set([
  'node_modules',
  'dist',
  'build',
  'target',
  'coverage',
  '__pycache__',
  '.cache',
  '.pytest_cache',
]);

/** True when a pattern, or a word nobody sees, may come to name such a file. */
export function mayBeStateFile(text: string): boolean {
  if (BUILT.has(text.split('/')[0] ?? '')) return false;
  const tail = text.slice(Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'), text.lastIndexOf(']')) + 1);
  // What stands behind the last wildcard must be the end of the name.
  return (
    tail === text || tail === '' || ['.terraform', 'x.tfstate', 'x.tfstate.backup'].some((name) => name.endsWith(tail))
  );
}
