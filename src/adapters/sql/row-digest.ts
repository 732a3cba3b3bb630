/**
 * A digest over rows, fed row by row, so that any number of them takes the memory of one.
 *
 * The encoding is unambiguous: each value bears its length in bytes, null is apart from empty text, each row the number
 * of its values, and the columns are part of the digest. Two different sets of rows never encode alike.
 */

import { createHash, type Hash } from 'node:crypto';
import type { Cell } from './connection.ts';

const FORM = 'muster rows 1';

/** Feeds rows into one SHA-256 digest. */
export class RowDigest {
  private readonly hash: Hash = createHash('sha256');
  private count = 0;

  constructor(columns: readonly string[]) {
    this.hash.update(FORM);
    this.add(columns);
    this.count = 0;
  }

  /** Takes in one row. */
  add(row: readonly Cell[]): void {
    this.count += 1;
    let text = `\n${row.length}`;
    for (const cell of row) {
      if (cell === null) text += ' n';
      else if (typeof cell === 'string') text += ` ${Buffer.byteLength(cell)}:${cell}`;
      else {
        this.hash.update(`${text} ${cell.length}:`);
        this.hash.update(cell);
        text = '';
      }
    }
    this.hash.update(text);
  }

  /** The digest of all rows so far, and how many there were; ends the feeding. */
  finish(): { readonly digest: string; readonly rows: number } {
    return { digest: `sha256:${this.hash.digest('hex')}`, rows: this.count };
  }
}
