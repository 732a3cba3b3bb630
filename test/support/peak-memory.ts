/**
 * How much memory a process has held at its peak.
 *
 * `process.resourceUsage().maxRSS` will not do in a child: Linux counts in it what the process held before it became another
 * program (`getrusage(2)`), which is the memory of the parent that was forked.
 */

import { readFileSync } from 'node:fs';
import process from 'node:process';

const KIBIBYTES_OF_PEAK = /^VmHWM:\s+(\d+) kB$/m;

/** Of this process, since its program began: MiB. Elsewhere than on Linux, where no parent is counted: by `getrusage`. */
export function peakMebibytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const kibibytes = KIBIBYTES_OF_PEAK.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('/proc/self/status does not tell VmHWM');
  return Number(kibibytes) / 1024;
}
