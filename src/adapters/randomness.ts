/**
 * Chance from the operating system, behind the `Randomness` port.
 *
 * Tokens name scratch databases; passwords open them and live in memory only. Letters are drawn by
 * `randomInt`, which is free of modulo bias.
 * Source of the password rules: Amazon RDS API, `MasterUserPassword` (printable ASCII without `/`, `"`,
 * `@` and space; at most 30 characters for Oracle, 41 for MySQL, 128 for SQL Server and PostgreSQL).
 */

import { randomInt } from 'node:crypto';
import type { Randomness } from '../app/ports.ts';

const TOKEN_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The most that every RDS engine accepts; 178 bits. */
const PASSWORD_LENGTH = 30;

/** The operating system's generator. */
export const systemRandomness: Randomness = {
  token: (length: number): string => draw(TOKEN_LETTERS, length),
  password: (): string => draw(PASSWORD_LETTERS, PASSWORD_LENGTH),
};

function draw(letters: string, length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
