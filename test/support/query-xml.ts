/**
 * Answers of the RDS Query protocol, generated: the same fields written in all the ways XML allows.
 *
 * Only ways on which the SDK's parser and the standard agree: it takes spaces between elements for text unless a line ends
 * among them, knows no characters beyond the first plane by number, and takes the last half millisecond of a year for its first.
 */

import fc from 'fast-check';
import type { Fields } from '../../src/adapters/aws/xml-fields.ts';

/** What the items of each list are called. Source: Amazon RDS API 2014-10-31, the service model. */
const ITEMS: Readonly<Record<string, string>> = {
  DBInstances: 'DBInstance',
  DBClusters: 'DBCluster',
  DBSnapshots: 'DBSnapshot',
  DBClusterSnapshots: 'DBClusterSnapshot',
  DBInstanceAutomatedBackups: 'DBInstanceAutomatedBackup',
  DBClusterAutomatedBackups: 'DBClusterAutomatedBackup',
  DBClusterMembers: 'DBClusterMember',
  DBClusterOptionGroupMemberships: 'DBClusterOptionGroup',
  DBParameterGroups: 'DBParameterGroup',
  OptionGroupMemberships: 'OptionGroupMembership',
  ReadReplicaDBClusterIdentifiers: 'ReadReplicaDBClusterIdentifier',
  ReadReplicaDBInstanceIdentifiers: 'ReadReplicaDBInstanceIdentifier',
  ReadReplicaIdentifiers: 'ReadReplicaIdentifier',
  TagList: 'Tag',
  VpcSecurityGroups: 'VpcSecurityGroupMembership',
};

/** An element with text in it. */
export function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

/** An answer around a result. */
export function answerText(action: string, result: string): string {
  const id = '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>';
  return `<?xml version="1.0"?>\n<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${result}</${action}Result>${id}</${action}Response>`;
}

/** A whole list of items that hold some of the fields, among others. */
export function itemsText(list: string, item: Fields): fc.Arbitrary<string> {
  return listText(list, item, 4);
}

function listText(list: string, item: Fields, maxLength: number): fc.Arbitrary<string> {
  const name = ITEMS[list];
  if (name === undefined) throw new Error(`say in ITEMS what the items of ${list} are called`);
  return fc.array(fieldText(name, item), { maxLength }).chain((items) => wrapped(list, items));
}

function fieldText(name: string, fields: Fields): fc.Arbitrary<string> {
  switch (fields.kind) {
    case 'list':
      return listText(name, fields.item, 3);
    case 'struct': {
      const members = [...fields.members.values()].map((member) => fieldText(member.name, member.fields));
      return fc
        .tuple(
          fc.tuple(...members).chain((all) => fc.shuffledSubarray(all)),
          fc.array(STRANGER, { maxLength: 3 }),
        )
        .chain(([known, strange]) =>
          fc.shuffledSubarray([...known, ...strange], { minLength: known.length + strange.length }),
        )
        .chain((children) => wrapped(name, children));
    }
    case 'text':
      return TEXT.map((text) => (text === '' ? `<${name}/>` : `<${name}>${text}</${name}>`));
    case 'number':
      return fc
        .oneof(fc.integer(), fc.constantFrom('', ' 7 ', '1.5', 'many'))
        .map((value) => element(name, String(value)));
    case 'flag':
      return fc.constantFrom('true', 'false', 'TRUE', 'yes', '').map((value) => element(name, value));
    case 'instant':
      return DATE.map((value) => element(name, value));
  }
}

/** Children between the tags of their parent, in lines or not. */
function wrapped(name: string, children: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('', '\n', '\n    ', '\r\n\t').map((line) => {
    if (children.length === 0 && line === '') return `<${name}/>`;
    return `<${name}>${line}${children.map((child) => `${child}${line}`).join('')}</${name}>`;
  });
}

const LINES = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
const WORDS = fc.oneof(LINES, fc.constantFrom('ünïcödé', '日本', '\u{1F600}', 'a\r\nb', '   ', ' \n '));
/** Text as it may stand in an element: escaped, by number, in CDATA, with a comment in it. */
const TEXT = fc
  .array(
    fc.oneof(
      WORDS.map(escaped),
      LINES.map((text) => [...text].map((letter) => `&#${letter.charCodeAt(0)};`).join('')),
      LINES.map((text) => `<![CDATA[${text.replaceAll(']]>', '')}]]>`),
      fc.constantFrom('<!-- <Engine>none</Engine> -->', '<?note </DBSnapshot> ?>', '&unknown;', '&#x41;'),
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(''));

const DATE = fc
  .tuple(
    fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
    fc.constantFrom('Z', '+05:45', '-08:00', 'z'),
    fc.constantFrom('', '.1', '.1239', '.9994'),
  )
  .map(([date, zone, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${zone}`);

/** What nobody asks for, shaped like what somebody does. */
const STRANGER = fc.constantFrom(
  '<NewField>1</NewField>',
  '<NewField a="b"/>',
  '<NewField><Engine>none</Engine><TagList><Tag><Key>no</Key></Tag></TagList></NewField>',
  '<NewField><![CDATA[</DBInstance>]]></NewField>',
  '<!-- <Engine>none</Engine> -->',
);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
