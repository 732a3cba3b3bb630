/**
 * Untrusted text inside markdown: nothing in it may become markup, a link, a mention or an end of its block.
 *
 * Written for GitHub Flavored Markdown, whose rules include tables, bare links and mentions; other renderers show the
 * escapes as the characters they stand for. Source: GitHub Flavored Markdown Spec, "Backslash escapes",
 * "Autolinks (extension)", "Fenced code blocks".
 */

import { clean } from './layout.ts';

const ZERO_WIDTH_SPACE = '\u200b';

/** Prose: every character that could begin markup is escaped; links and mentions are broken. */
export function escapeMarkdown(text: string): string {
  return clean(text)
    .replace(/[\\`*_{}[\]<>()#+!|~&$^]/g, '\\$&')
    .replace(/^(\s*)(\d+)([.)])/, '$1$2\\$3')
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/:\/\//g, '\\://')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/@/g, `@${ZERO_WIDTH_SPACE}`);
}

/** An identifier as inline code, safe in a table cell: the fence outgrows any run of backticks inside. */
export function inlineCode(text: string): string {
  const content = clean(text).replaceAll('|', '\\|');
  const fence = '`'.repeat(longestBacktickRun(content) + 1);
  const pad = content === '' || /^[`\s]|[`\s]$/.test(content) ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** Lines as a fenced block of shell commands. */
export function codeBlock(lines: readonly string[]): string {
  const content = lines.map(clean).join('\n');
  const fence = '`'.repeat(Math.max(3, longestBacktickRun(content) + 1));
  return `${fence}sh\n${content}\n${fence}`;
}

/** A table; the cells must be markdown already. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestBacktickRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
