/**
 * SQL text -> statements of tokens, as far as it takes to tell a word of the language from text in quotes.
 *
 * Knows strings, quoted names, comments, dollar quotes and the commands of the clients. Where the two languages, or
 * two settings of one, would end a string in different places, the statement is marked as ambiguous.
 * Source: PostgreSQL documentation, "Lexical Structure"; MySQL Reference Manual, "String Literals", "Comments" and
 * "mysql Client Commands"; psql reference, "Meta-Commands".
 */

/** Which client reads the text. */
export type Dialect = 'postgres' | 'mysql';

/** One token: a word in upper case, a number, a sign, or something in quotes, whose content is left out. */
export interface Token {
  readonly kind: 'word' | 'number' | 'sign' | 'name' | 'string';
  readonly text: string;
}

/** One statement, or one command of the client. */
export interface Statement {
  readonly tokens: readonly Token[];
  /** The client's own command, such as `\d` or `\!`; null for SQL. */
  readonly meta: string | null;
  /** Why the end of the statement is not certain. */
  readonly ambiguous: string | null;
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_]\w*)?\$/y;
const SPACE = /\s+/y;
const META_LINE = /\\[^\n]*/y;
/** mysql goes on with the line behind these. */
const META_SHORT = /\\[Gg]/y;
const LINE_COMMENT = /(?:--|#)[^\n]*/y;

/** Takes SQL apart. */
export function statementsOf(text: string, dialect: Dialect): readonly Statement[] {
  const statements: Statement[] = [];
  let tokens: Token[] = [];
  let ambiguous: string | null = null;
  const close = () => {
    if (tokens.length > 0 || ambiguous !== null) statements.push({ tokens, meta: null, ambiguous });
    tokens = [];
    ambiguous = null;
  };
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const sign = text[at] ?? '';
    const space = match(SPACE);
    if (space !== null) at += space.length;
    else if (sign === ';') {
      close();
      at += 1;
    } else if (sign === '\\') {
      const line = (dialect === 'mysql' ? match(META_SHORT) : null) ?? match(META_LINE) ?? sign;
      // Both clients run what came before.
      close();
      statements.push({ tokens: [], meta: line, ambiguous: null });
      at += line.length;
    } else if (text.startsWith('--', at) || (sign === '#' && dialect === 'mysql')) {
      // MySQL wants a space behind --; `5--1` is arithmetic there.
      if (dialect === 'mysql' && sign === '-' && !/\s/.test(text[at + 2] ?? ' '))
        ambiguous ??= 'a comment without a space';
      at += (match(LINE_COMMENT) ?? sign).length;
    } else if (text.startsWith('/*', at)) {
      // MySQL runs what stands in /*! ... */.
      if (/^\/\*M?!/.test(text.slice(at, at + 4))) ambiguous ??= 'a comment that runs';
      const end = endOfComment(text, at, dialect);
      if (end < 0) ambiguous ??= 'a comment without an end';
      at = end < 0 ? text.length : end;
    } else if (sign === "'" || sign === '"' || sign === '`') {
      const escapes = dialect === 'mysql' || /^e$/i.test(tokens.at(-1)?.text ?? '');
      const end = endOfQuote(text, at, escapes && sign !== '`');
      if (end.ambiguous !== null) ambiguous ??= end.ambiguous;
      tokens.push({ kind: sign === "'" ? 'string' : 'name', text: '' });
      at = end.at;
    } else {
      const quote = dialect === 'postgres' ? match(DOLLAR_QUOTE) : null;
      const word = match(WORD);
      const number = match(NUMBER);
      if (quote !== null) {
        const end = text.indexOf(quote, at + quote.length);
        if (end < 0) ambiguous ??= 'a string without an end';
        tokens.push({ kind: 'string', text: '' });
        at = end < 0 ? text.length : end + quote.length;
      } else if (word !== null) {
        tokens.push({ kind: 'word', text: word.toUpperCase() });
        at += word.length;
      } else {
        const other = number ?? sign;
        tokens.push({ kind: number === null ? 'sign' : 'number', text: other });
        at += other.length;
      }
    }
  }
  close();
  return statements;
}

/** PostgreSQL nests comments; MySQL does not. -1 without an end. */
function endOfComment(text: string, start: number, dialect: Dialect): number {
  if (dialect === 'mysql') {
    const end = text.indexOf('*/', start + 2);
    return end < 0 ? -1 : end + 2;
  }
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return -1;
}

function endOfQuote(
  text: string,
  start: number,
  escapes: boolean,
): { readonly at: number; readonly ambiguous: string | null } {
  const quote = text[start] ?? '';
  let ambiguous: string | null = null;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote !== '`') {
      // A setting of either engine decides whether a backslash escapes the quote behind it.
      if (text[at + 1] === quote) ambiguous = 'a backslash in front of a quote';
      if (escapes) at += 1;
    } else if (text[at] === quote) {
      if (text[at + 1] === quote) at += 1;
      else return { at: at + 1, ambiguous };
    }
  }
  return { at: text.length, ambiguous: 'a string without an end' };
}
