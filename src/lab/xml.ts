/**
 * XML as the RDS and STS Query protocols answer it.
 *
 * A tree of named elements in, text out. Absent values are left out of the answer, as AWS does; empty
 * lists are written as empty elements. Source: Amazon RDS API 2014-10-31 sample responses.
 */

/** An element: a name with text, with children, or with nothing (left out when null). */
export type Xml = readonly [name: string, content: XmlContent];
/** What an element holds. */
export type XmlContent = string | number | boolean | null | readonly Xml[];

/** The text of a list of elements. */
export function renderXml(elements: readonly Xml[]): string {
  return elements.map(renderElement).join('');
}

/** A list element in AWS's form: `list('TagList', 'Tag', ...)`. */
export function listOf<T>(name: string, member: string, items: readonly T[], content: (item: T) => XmlContent): Xml {
  return [name, items.map((item) => [member, content(item)] as const)];
}

function renderElement([name, content]: Xml): string {
  if (content === null) return '';
  const inner = Array.isArray(content) ? renderXml(content) : escapeText(String(content));
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
