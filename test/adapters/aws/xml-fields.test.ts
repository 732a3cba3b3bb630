/**
 * Reading chosen fields out of XML: what is a value, what is stepped over, and what is no answer at all.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fields, readXml, structOf } from '../../../src/adapters/aws/xml-fields.ts';
import { XmlError } from '../../../src/adapters/aws/xml-leaves.ts';

const text: Fields = { kind: 'text' };
const struct = (members: Readonly<Record<string, Fields>>): Fields => structOf(Object.entries(members));
const ANSWER = struct({
  Name: text,
  Size: { kind: 'number' },
  Open: { kind: 'flag' },
  At: { kind: 'instant' },
  Tags: { kind: 'list', item: struct({ Key: text }) },
  Names: { kind: 'list', item: text },
});
const readText = (document: string) => readXml(Buffer.from(document), 'R', ANSWER);
const read = (inner: string) => readText(`<R>${inner}</R>`);

describe('a value', () => {
  it.each([
    ['plain', '<Name>orders</Name>', 'orders'],
    ['with references', '<Name>a&amp;b &lt;&gt;&quot;&apos; &#65;&#x42;</Name>', 'a&b <>"\' AB'],
    ['with a character beyond the first plane', '<Name>&#x1F600;</Name>', '\u{1F600}'],
    ['in CDATA, where nothing is a reference', '<Name>a<![CDATA[<b>&amp;]]>c</Name>', 'a<b>&amp;c'],
    ['around a comment', '<Name>or<!-- <Name>no</Name> -->ders</Name>', 'orders'],
    ['around an instruction', '<Name>or<?no </Name> ?>ders</Name>', 'orders'],
    ['with attributes', '<Name xml:lang="en" note=\'a>b\'>orders</Name>', 'orders'],
    ['with its spaces', '<Name> orders </Name>', ' orders '],
    ['of layout alone', '<Name>\n  </Name>', ''],
    ['absent between its tags', '<Name></Name>', ''],
    ['of a self-closing element', '<Name />', ''],
    ['with line ends of another system', '<Name>a\r\nb\rc</Name>', 'a\nb\nc'],
    ['longer than V8 keeps apart', '<Name>a-name-of-some-length-indeed</Name>', 'a-name-of-some-length-indeed'],
  ])('%s', (_, inner, value) => {
    expect(read(inner)).toEqual({ Name: value });
  });

  it('is a number, a flag or an instant where the field is one', () => {
    expect(read('<Size>12</Size><Open>True</Open><At>2026-02-26T23:30:00.1239+02:30</At>')).toEqual({
      Size: 12,
      Open: true,
      At: new Date('2026-02-26T21:00:00.124Z'),
    });
  });

  it('that repeats is the same each time, thousands of others later', () => {
    const one = '<Name>the same key again and again</Name>';
    const others = Array.from({ length: 3_000 }, (_, index) => `<N>another name, number ${index}</N>`).join('');
    expect(read(`${one}<Names>${others}<N>the same key again and again</N></Names>`)).toMatchObject({
      Name: 'the same key again and again',
    });
  });
});

describe('what is told apart by a few of its bytes', () => {
  // Of nine bytes every third is looked at.
  const [one, other] = ['aaXaaXaaX', 'bbXbbXbbX'];

  it('is still another text', () => {
    expect(read(`<Names><N>${one}</N><N>${other}</N><N>${one}</N></Names>`)).toEqual({ Names: [one, other, one] });
  });

  it('is still another member, or none', () => {
    const document = Buffer.from(`<R><${one}>1</${one}><${other}>2</${other}></R>`);
    expect(readXml(document, 'R', struct({ [one]: text, [other]: text }))).toEqual({ [one]: '1', [other]: '2' });
    expect(readXml(document, 'R', struct({ [other]: text }))).toEqual({ [other]: '2' });
  });
});

it.each(['a&amp;b', 'Zürich', '東京', 'a\r\nb'])('%j means the same the second time', (wire) => {
  const meant = wire.replace('&amp;', '&').replace('\r\n', '\n');
  expect(read(`<Names><N>${wire}</N><N>${wire}</N></Names>`)).toEqual({ Names: [meant, meant] });
});

it('a document may be a part of something larger', () => {
  const larger = Buffer.from('<S></S><R><Name>orders</Name></R><S></S>');
  expect(readXml(larger.subarray(7, 33), 'R', ANSWER)).toEqual({ Name: 'orders' });
});

describe('a list', () => {
  it.each(['Tag', 'member', 'Anything'])('holds its %s elements', (name) => {
    expect(read(`<Tags>\n <${name}><Key>a</Key></${name}>\n <${name}><Key>b</Key></${name}></Tags>`)).toEqual({
      Tags: [{ Key: 'a' }, { Key: 'b' }],
    });
  });

  it.each(['<Tags/>', '<Tags></Tags>', '<Tags>\n</Tags>', '<Tags><!-- none --></Tags>'])('%s is empty', (inner) => {
    expect(read(inner)).toEqual({ Tags: [] });
  });

  it('keeps an item that holds nothing', () => {
    expect(read('<Tags><Tag/></Tags><Names><N></N></Names>')).toEqual({ Tags: [{}], Names: [''] });
  });
});

it('what is not asked for is stepped over, however deep', () => {
  const deep = '<X a="1">t<Name>no</Name><Y><Z/></Y><![CDATA[</X>]]><!-- </X> --></X>';
  expect(read(`${deep}<Name>yes</Name>${deep}<__proto__><Name>no</Name></__proto__>`)).toEqual({ Name: 'yes' });
});

describe('an answer that is none is an error:', () => {
  it.each([
    ['nothing', ''],
    ['a web page', '<!DOCTYPE html><html><body>hello</body></html>'],
    ['a web page without a doctype', '<html><body>hello</body></html>'],
    ['JSON', '{"DBSnapshots":[]}'],
    ['words', 'it works!'],
    ['another answer', '<S></S>'],
    ['two answers', '<R></R><R></R>'],
    ['something behind it', '<R></R>and more'],
    ['crossed tags', '<R><X><Y></X></Y></R>'],
    ['crossed tags in what is asked for', '<R><Tags><Tag><Key>a</Tag></Key></Tags></R>'],
    ['a closing tag of a longer name', '<R><Name>a</Names></R>'],
    ['a tag that does not end', '<R><Name <Size>1</Size></R>'],
    ['text among elements', '<R>hello</R>'],
    ['text in a list', '<R><Tags>hello</Tags></R>'],
    ['CDATA among elements', '<R><![CDATA[hello]]></R>'],
    ['an element in a text', '<R><Name>a<b>c</b></Name></R>'],
    ['one member twice', '<R><Tags><Tag/></Tags><Tags/></R>'],
    ['a date that is none', '<R><At>yesterday</At></R>'],
    ['a date without its end', '<R><At>2026-02-26T23:30:00</At></R>'],
    ['a date with a letter in it', '<R><At>2026-02-2bT23:30:00Z</At></R>'],
    ['a date with a fraction that is none', '<R><At>2026-02-26T23:30:00.12xZ</At></R>'],
    ['two attributes without space', '<R a="1"b="2"></R>'],
    ['an attribute without a value', '<R a></R>'],
    ['a tag inside an attribute', '<R a="<b>"></R>'],
    ['a date without a value', '<R><At/></R>'],
    ['a date in a month that is none', '<R><At>2026-13-01T00:00:00Z</At></R>'],
    ['a reference to no character', '<R><Name>&#x110000;</Name></R>'],
  ])('%s', (_, document) => {
    expect(() => readText(document)).toThrow(XmlError);
  });

  it('a document cut short anywhere', () => {
    const whole =
      '<?xml version="1.0"?>\n<R xmlns="urn:x">\n <Tags><Tag><Key>a&amp;b</Key></Tag><Tag/></Tags><X y="z"><Y>1</Y><!-- c --></X>' +
      '<Name><![CDATA[n]]></Name></R>';
    expect(readText(whole)).toEqual({ Tags: [{ Key: 'a&b' }, {}], Name: 'n' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(() => readText(whole.slice(0, length))).toThrow(XmlError);
      }),
      { numRuns: 400 },
    );
  });

  it('and its error says nothing of what it held', () => {
    expect(() => readText('<R><At>secret</At></R>')).toThrow(/^a date is none$/);
  });
});
