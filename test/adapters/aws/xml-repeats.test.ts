/**
 * Items that repeat each other are read as each of them alone would be: same values, same refusals.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fields, readXml, structOf } from '../../../src/adapters/aws/xml-fields.ts';
import { XmlError } from '../../../src/adapters/aws/xml-leaves.ts';

const ITEM = structOf([
  ['Name', { kind: 'text' }],
  ['Size', { kind: 'number' }],
  ['At', { kind: 'instant' }],
  ['Tags', { kind: 'list', item: structOf([['Key', { kind: 'text' }]]) }],
  ['Place', structOf([['Zone', { kind: 'text' }]])],
]);
const LIST: Fields = { kind: 'list', item: ITEM };
const readItems = (items: readonly string[]) => readXml(Buffer.from(`<R>${items.join('\n  ')}\n</R>`), 'R', LIST);
const readAlone = (item: string) => (readItems([item]) as readonly unknown[])[0];

/** Wanted or not, empty or not, spaced or not: what an item may hold, few enough for most of it to come back. */
const CHILDREN = [
  [
    '<Name>a</Name>',
    '<Name>b</Name>',
    '<Name>ab</Name>',
    '<Name/>',
    '<Name note="1">a</Name>',
    '<Name>a<!-- b --></Name>',
  ],
  ['<Size>1</Size>', '<Size>12</Size>'],
  ['<Other>1</Other>', '<Other>2</Other>', '<Other/>', '<Other><Name>c</Name></Other>'],
  ['<At>2026-02-26T23:30:00Z</At>', '<At>2026-02-26T23:30:01Z</At>'],
  ['<Tags/>', '<Tags><Tag><Key>a</Key></Tag></Tags>', '<Tags><Tag><Key>a</Key></Tag><Tag><Key>b</Key></Tag></Tags>'],
  ['<Else>x</Else >', '<Else>y</Else>', '<!-- nothing --><Else>x</Else>'],
  ['<Place><Zone>a</Zone></Place>', '<Place><Far/><Zone>b</Zone></Place>'],
] as const;
const child = (forms: readonly string[]) =>
  fc.tuple(fc.constantFrom('', '\n    ', ' '), fc.constantFrom(...forms)).map(([space, form]) => `${space}${form}`);
/** The members in their order, some left out; now and then in another order. */
const item = fc
  .tuple(...CHILDREN.map((forms) => fc.option(child(forms), { nil: '', freq: 6 })))
  .chain((parts) => fc.oneof({ weight: 4, arbitrary: fc.constant(parts) }, fc.shuffledSubarray(parts)))
  .map((parts) => `<Item>${parts.join('')}</Item>`);

describe('an item behind others', () => {
  it('is read as it would be alone', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        expect(readItems(items)).toEqual(items.map(readAlone));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when it would be alone, in whatever byte it differs', () => {
    const whole = '<Item><Name>a</Name> <Other><X>1</X></Other><Size>1</Size><Place><Zone>a</Zone></Place></Item>';
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of ['<', '>', '/', ' ', 'a', '&', '']) {
        const garbled = `${whole.slice(0, at)}${byte}${whole.slice(at + 1)}`;
        const outcome = (read: () => unknown) => {
          try {
            return { value: read() };
          } catch (error) {
            return { refused: error instanceof XmlError ? error.message : error };
          }
        };
        const behind = outcome(() => (readItems([whole, whole, garbled]) as readonly unknown[]).slice(2));
        expect(behind, garbled).toEqual(outcome(() => readItems([garbled])));
      }
    }
  });

  it('is refused for two of a member that the others hold once', () => {
    const one = '<Item><Name>a</Name><Size>1</Size></Item>';
    const two = '<Item><Name>a</Name><Size>1</Size><Name>a</Name></Item>';
    expect(() => readItems([one, one, two])).toThrow('Item holds two of Name');
    expect(() => readItems([one, two.replace('<Size>1</Size>', '')])).toThrow('Item holds two of Name');
  });

  it('is refused for two of a member that others hold in one place or the other', () => {
    const [name, size] = ['<Name>a</Name>', '<Size>1</Size>'];
    const items = [`${name}${size}`, `${size}${name}`, `${name}${size}${name}`].map((inner) => `<Item>${inner}</Item>`);
    expect(() => readItems(items)).toThrow('Item holds two of Name');
  });

  it('has no member that only the others hold', () => {
    expect(readItems(['<Item><Name>a</Name><Size>1</Size></Item>', '<Item><Size>1</Size></Item>'])).toEqual([
      { Name: 'a', Size: 1 },
      { Size: 1 },
    ]);
  });

  it('is refused where the document ends in it', () => {
    const whole = '<R><I><Name>a</Name><Other>b</Other></I>\n<I><Name>a</Name><Other>b</Other></I></R>';
    for (let end = 0; end < whole.length; end += 1) {
      expect(() => readXml(Buffer.from(whole.slice(0, end)), 'R', LIST), whole.slice(0, end)).toThrow(XmlError);
    }
  });

  it('is read whatever names came before it', () => {
    const items = Array.from(
      { length: 600 },
      (_, index) => `<Item><N${index}>1</N${index}><Name>${index}</Name></Item>`,
    );
    expect(readItems(items)).toEqual(items.map((_, index) => ({ Name: String(index) })));
  });
});
