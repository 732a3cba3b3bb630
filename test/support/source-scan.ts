/**
 * TypeScript source taken apart far enough to hold rules about it: code, comments, strings, imports.
 *
 * TypeScript 7 has no compiler API to ask. This reads characters once and knows comments, strings, template literals
 * with code inside them, and regular expressions; it does not know types. In `code` everything that is not code is
 * blanked with spaces, so that every offset and line number still holds.
 */

/** A comment or a string literal, with its offsets and what stands inside it. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Source {
  readonly text: string;
  /** The text with comments and the insides of strings and regular expressions blanked. */
  readonly code: string;
  readonly comments: readonly Span[];
  readonly strings: readonly Span[];
}

/** One import, export-from or dynamic import. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Takes a source text apart. */
export function scanSource(text: string): Source {
  const blanked = [...text.split('')];
  const comments: Span[] = [];
  const strings: Span[] = [];
  /** For each open template literal, how many braces are open inside its present `${`. */
  const templates: number[] = [];
  let at = 0;

  const blank = (start: number, end: number) => {
    for (let index = start; index < end; index++) if (blanked[index] !== '\n') blanked[index] = ' ';
  };
  const take = (spans: Span[], end: number, inside: readonly [number, number]) => {
    spans.push({ start: at, end, text: text.slice(...inside) });
    blank(...inside);
    at = end;
  };
  const templatePart = (from: number) => {
    let end = from;
    while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) end += text[end] === '\\' ? 2 : 1;
    strings.push({ start: from, end, text: text.slice(from, end) });
    blank(from, end);
    if (text[end] === '`') at = end + 1;
    else {
      templates.push(0);
      at = end + 2;
    }
  };

  while (at < text.length) {
    const char = text[at] ?? '';
    const pair = text.slice(at, at + 2);
    if (pair === '//' || (pair === '#!' && at === 0)) {
      const end = endOf(text, '\n', at);
      take(comments, end, [at, end]);
    } else if (pair === '/*') {
      const end = Math.min(text.length, endOf(text, '*/', at + 2) + 2);
      take(comments, end, [at, end]);
    } else if (char === "'" || char === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== char && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      take(strings, end + 1, [at + 1, end]);
    } else if (char === '`') {
      templatePart(at + 1);
    } else if (char === '/' && regexMayStart(blanked, at)) {
      const end = endOfRegex(text, at);
      blank(at + 1, end - 1);
      at = end;
    } else if (char === '}' && templates.at(-1) === 0) {
      templates.pop();
      templatePart(at + 1);
    } else {
      const depth = templates.at(-1);
      if (depth !== undefined && (char === '{' || char === '}'))
        templates.splice(-1, 1, depth + (char === '{' ? 1 : -1));
      at += 1;
    }
  }
  return { text, code: blanked.join(''), comments, strings };
}

/** Every module that a source names: import, export-from, dynamic import, `import()` types and `require`. */
export function importsOf(source: Source): Import[] {
  return source.strings.flatMap(({ start, text: specifier }) => {
    const before = source.code.slice(0, start).trimEnd();
    const line = lineAt(source, start);
    if (/\b(?:import|require)\s*\($/.test(before)) {
      return [{ specifier, typeOnly: /\btypeof\s+import\s*\($/.test(before), line }];
    }
    if (/\bimport$/.test(before)) return [{ specifier, typeOnly: false, line }];
    if (!/(?:[}*\w$]|\s)\bfrom$/.test(before)) return [];
    const clause = /\b(?:import|export)\b(?!.*\b(?:import|export)\b)[^;]*$/s.exec(before)?.[0];
    return clause === undefined ? [] : [{ specifier, typeOnly: isTypeOnly(clause), line }];
  });
}

/** The line, counted from 1, on which an offset lies. */
export function lineAt(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

/** The lines of `code` that match, counted from 1, with what matched. */
export function matchesIn(
  source: Source,
  pattern: RegExp,
  text: string = source.code,
): { line: number; what: string }[] {
  const global = new RegExp(pattern.source, [...new Set([...pattern.flags, 'g'])].join(''));
  return [...text.matchAll(global)].map((match) => ({ line: lineAt(source, match.index), what: match[0].trim() }));
}

function isTypeOnly(clause: string): boolean {
  if (/^(?:import|export)\s+type\b(?!\s+from\b)/.test(clause)) return true;
  const names = /^(?:import|export)\s*\{([^}]*)\}/s.exec(clause)?.[1];
  if (names === undefined) return false;
  return names.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim()));
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}

/** A slash begins a regular expression unless a value ends just before it. */
function regexMayStart(blanked: readonly string[], at: number): boolean {
  const before = blanked
    .slice(Math.max(0, at - 40), at)
    .join('')
    .trimEnd();
  if (before === '') return true;
  if (/\b(?:return|typeof|case|in|of|await|yield|void|delete|throw|else|do)$/.test(before)) return true;
  return !/[\w$)\]}'"`]$/.test(before);
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let index = start + 1; index < text.length; index++) {
    const char = text[index];
    if (char === '\n') return start + 1;
    if (char === '\\') index += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return index + 1;
  }
  return start + 1;
}
