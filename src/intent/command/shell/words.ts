/**
 * A word of the shell's grammar -> `Arg`: its value where the text alone decides it, else what does.
 *
 * Quotes of every form are taken off by the parser. A variable is replaced only when its value is certain; unquoted,
 * only when that value is one word whatever the shell does with it.
 * Source: Bash Reference Manual, "Shell Expansions" and "Quoting".
 */

import type { HereDocBody, Word, WordPart } from 'unbash';
import { type Arg, literal } from '../arg.ts';

/** Values of variables that are certain here. */
export type Values = ReadonlyMap<string, string>;

/** Unquoted, a value of these characters stays the one word it is. */
const ONE_WORD = /^[\w./:@%+,=^-]+$/;
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
/** A resolved value longer than this is left alone, so that doubling a variable stays cheap. */
const VALUE_MAX = 8_192;

/** Reads one word. */
export function readWord(word: Word, values: Values): Arg {
  return word.parts === undefined ? literal(word.value) : assembled(word.parts, values, false);
}

/** Reads a here-document as the one text it is; a quoted delimiter leaves no parts. */
export function readHereDocument(body: HereDocBody, values: Values): Arg {
  return body.parts === undefined ? literal(body.text) : assembled(body.parts, values, true);
}

/** What one part of a word comes to. */
interface Piece {
  readonly text: string;
  readonly shown: string;
  readonly dynamic: string | null;
  readonly splits: boolean;
}

function assembled(parts: readonly WordPart[], values: Values, quoted: boolean): Arg {
  const pieces = parts.flatMap((part) => piecesOf(part, values, quoted));
  const text = pieces.map((piece) => piece.text).join('');
  const shown = pieces.map((piece) => piece.shown).join('');
  const first = pieces.findIndex((piece) => piece.dynamic !== null);
  const named = pieces[first]?.dynamic ?? null;
  const tooLong = named === null && text.length > VALUE_MAX && shown !== text;
  return {
    text,
    shown,
    dynamic: tooLong ? 'a very long value' : named,
    splits: pieces.some((piece) => piece.splits),
    head:
      first < 0
        ? text
        : pieces
            .slice(0, first)
            .map((piece) => piece.text)
            .join(''),
  };
}

function piecesOf(part: WordPart, values: Values, quoted: boolean): Piece[] {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [certain(part.value, part.value)];
    case 'DoubleQuoted':
    case 'LocaleString':
      // An empty pair of quotes is a word of its own, and a locale may translate what stands in $"...".
      if (part.type === 'LocaleString') return [uncertain('a translated string', part.text, false)];
      return part.parts.length === 0 ? [certain('', '')] : part.parts.flatMap((inner) => piecesOf(inner, values, true));
    case 'SimpleExpansion':
      return [variable(part.text.slice(1), part.text, part.text, values, quoted)];
    case 'ParameterExpansion': {
      const plain = part.prefix === undefined && part.index === undefined && part.operation === undefined;
      const name = `\${${part.parameter}${plain ? '' : '…'}}`;
      if (plain) return [variable(part.parameter, part.text, name, values, quoted)];
      return [uncertain(name, part.text, !quoted || part.text.includes('@'), name)];
    }
    case 'CommandExpansion':
      return [uncertain('$(…)', part.text, !quoted, '$(…)')];
    case 'ArithmeticExpansion':
      return [uncertain('$((…))', part.text, !quoted, '$((…))')];
    case 'ProcessSubstitution':
      return [uncertain(`${part.operator}(…)`, part.text, false, `${part.operator}(…)`)];
    case 'Glob':
    case 'ExtendedGlob':
      return quoted ? [certain(part.text, part.text)] : [uncertain('a pattern', part.text, true)];
    case 'BraceExpansion':
      return quoted ? [certain(part.text, part.text)] : [uncertain('a brace list', part.text, true, '{…}')];
    default:
      // A part that a later parser adds.
      return [uncertain('an expansion', '', true, '…')];
  }
}

function variable(name: string, text: string, shown: string, values: Values, quoted: boolean): Piece {
  const value = PLAIN_NAME.test(name) ? values.get(name) : undefined;
  const whole = value !== undefined && (quoted || ONE_WORD.test(value));
  if (whole) return certain(value, shown);
  return uncertain(shown, text, !quoted || name === '@' || name === '*', shown);
}

function certain(text: string, shown: string): Piece {
  return { text, shown, dynamic: null, splits: false };
}

function uncertain(dynamic: string, text: string, splits: boolean, shown = text): Piece {
  return { text, shown, dynamic, splits };
}
