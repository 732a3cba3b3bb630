/**
 * Which process writes, and whether one that wrote before is surely gone.
 *
 * A process is told by the boot of its machine, its PID namespace, its PID and the moment it started, so that neither
 * another machine nor another container nor a PID given again is taken for it. Where the kernel does not say all that
 * nothing is ever sure, and a lease must run out instead. Source: proc(5), `/proc/pid/stat` (22, starttime), `ns/pid`.
 */

import { readFileSync, readlinkSync } from 'node:fs';
import type { Presence } from '../app/ports.ts';

const SEPARATOR = '@';

/** The presence of this process. @param proc Where the kernel tells of processes. */
export function createPresence(pid: number = process.pid, proc = '/proc'): Presence {
  const home = homeOf(proc);
  const own = home === null ? null : markOf(home, pid, proc);
  return {
    runner: (token) => (own === null ? token : `${token}${SEPARATOR}${own}`),
    isGone: (runner) => {
      const mark = runner.split(SEPARATOR)[1];
      const found = mark === undefined ? null : /^(?<home>\S+)\.(?<pid>\d+)\.\d+$/.exec(mark);
      if (home === null || found?.groups?.['home'] !== home) return false;
      return markOf(home, Number(found.groups['pid']), proc) !== mark;
    },
  };
}

/** This boot and this PID namespace; null where the kernel does not tell. */
function homeOf(proc: string): string | null {
  try {
    const boot = readFileSync(`${proc}/sys/kernel/random/boot_id`, 'utf8').trim();
    const namespace = /\d+/.exec(readlinkSync(`${proc}/self/ns/pid`))?.[0];
    return boot === '' || namespace === undefined ? null : `${boot}.${namespace}`;
  } catch {
    return null;
  }
}

/** The mark of a living process; null when there is none of that PID. */
function markOf(home: string, pid: number, proc: string): string | null {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks and parentheses; what is counted comes behind the last of them.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startedAt = fields[18];
    return state === 'Z' || startedAt === undefined ? null : `${home}.${pid}.${startedAt}`;
  } catch {
    return null;
  }
}
