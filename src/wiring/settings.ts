/**
 * What the environment says of this machine's Muster: where it keeps things, which store, which keys.
 *
 * Given the environment by main.ts, which alone reads it. Says nothing of AWS: the SDK reads its own settings.
 */

import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusterError } from '../core/errors.ts';

/** The variables of the environment, as they are. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** With a path from the root: a relative one would name a place that depends on where the command runs. */
const FILE_URL = 'file:///';
const STORES = 'postgres://USER@HOST/NAME and file:///PATH';

/** A store, as the environment names it. */
export type StoreSetting =
  | { readonly kind: 'postgres'; readonly url: string; readonly name: string }
  | { readonly kind: 'sqlite'; readonly name: string };

/** Where everything lies that Muster keeps on this machine. @throws MusterError `MUSTER_FILE_UNREADABLE` for a file. */
export function homeFolder({ MUSTER_HOME, XDG_STATE_HOME }: Environment): string {
  const folder = MUSTER_HOME ?? join(XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'muster');
  if (mayBeFolder(folder)) return folder;
  throw new MusterError(
    'MUSTER_FILE_UNREADABLE',
    `${folder}: is no folder to keep things in; MUSTER_HOME names another`,
  );
}

function mayBeFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false;
  } catch {
    // A part of the way there is a file, or may not be entered.
    return false;
  }
}

/** The store as it is named to people: never with the password of its URL. */
export function storeName(env: Environment): string {
  const { MUSTER_DATABASE_URL: url } = env;
  if (url === undefined || url === '') return join(homeFolder(env), 'muster.db');
  if (!URL.canParse(url)) return 'MUSTER_DATABASE_URL';
  const { protocol, host, pathname } = new URL(url);
  return url.startsWith(FILE_URL) ? pathOf(url) : `${protocol}//${host}${pathname}`;
}

/** Which store is meant. @throws MusterError `MUSTER_USAGE` for a URL that names none. */
export function storeSetting(env: Environment): StoreSetting {
  const { MUSTER_DATABASE_URL: url } = env;
  if (url !== undefined && /^postgres(?:ql)?:/.test(url)) return { kind: 'postgres', url, name: storeName(env) };
  if (url !== undefined && url !== '' && !url.startsWith(FILE_URL)) {
    throw new MusterError('MUSTER_USAGE', `MUSTER_DATABASE_URL names no store; accepted are ${STORES}`);
  }
  return { kind: 'sqlite', name: storeName(env) };
}

/** @throws MusterError `MUSTER_USAGE` for a URL that names no path, such as one with a broken escape. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new MusterError('MUSTER_USAGE', `MUSTER_DATABASE_URL names no store; accepted are ${STORES}`, { cause });
  }
}
