/**
 * The estate as RDS sends it: every field a real answer has, in indented XML.
 *
 * Pure. Source: Amazon RDS API 2014-10-31, sample responses of the Describe actions.
 */

import { ACCOUNT, KEY_ARN, OBSERVED_AT, type Owner, REGION, type Shot } from './estate.ts';

type Node = readonly [name: string, content: string | number | boolean | readonly Node[]];

/** `DBInstance`. */
export function instanceXml(owner: Owner): string {
  return render('DBInstance', [
    ['DBInstanceIdentifier', owner.identifier],
    ['DBInstanceClass', 'db.r6g.large'],
    ['Engine', owner.engine],
    ['DBInstanceStatus', 'available'],
    ['MasterUsername', 'admin'],
    ['DBName', 'orders'],
    [
      'Endpoint',
      [
        ['Address', `${owner.identifier}.c9akciq32.${REGION}.rds.amazonaws.com`],
        ['Port', 5432],
        ['HostedZoneId', 'Z29XKXDKYMONMX'],
      ],
    ],
    ['AllocatedStorage', 200],
    ['InstanceCreateTime', owner.createdAt],
    ['PreferredBackupWindow', '03:00-03:30'],
    ['BackupRetentionPeriod', 25],
    ['DBSecurityGroups', []],
    [
      'VpcSecurityGroups',
      [
        [
          'VpcSecurityGroupMembership',
          [
            ['VpcSecurityGroupId', 'sg-0a1b2c3d4e5f60718'],
            ['Status', 'active'],
          ],
        ],
      ],
    ],
    [
      'DBParameterGroups',
      [
        [
          'DBParameterGroup',
          [
            ['DBParameterGroupName', `default.${owner.engine}`],
            ['ParameterApplyStatus', 'in-sync'],
          ],
        ],
      ],
    ],
    ['AvailabilityZone', `${REGION}a`],
    [
      'DBSubnetGroup',
      [
        ['DBSubnetGroupName', 'private'],
        ['DBSubnetGroupDescription', 'private subnets'],
        ['VpcId', 'vpc-0123456789abcdef0'],
        ['SubnetGroupStatus', 'Complete'],
        [
          'Subnets',
          ['a', 'b', 'c'].map(
            (zone): Node => [
              'Subnet',
              [
                ['SubnetIdentifier', `subnet-0123456789abcde${zone}`],
                ['SubnetAvailabilityZone', [['Name', `${REGION}${zone}`]]],
                ['SubnetOutpost', []],
                ['SubnetStatus', 'Active'],
              ],
            ],
          ),
        ],
      ],
    ],
    ['PreferredMaintenanceWindow', 'sun:04:00-sun:04:30'],
    ['PendingModifiedValues', []],
    ['LatestRestorableTime', OBSERVED_AT],
    ['MultiAZ', true],
    ['EngineVersion', owner.version],
    ['AutoMinorVersionUpgrade', true],
    ['ReadReplicaDBInstanceIdentifiers', []],
    ['LicenseModel', 'license-included'],
    ['Iops', 3000],
    [
      'OptionGroupMemberships',
      [
        [
          'OptionGroupMembership',
          [
            ['OptionGroupName', `default:${owner.engine}`],
            ['Status', 'in-sync'],
          ],
        ],
      ],
    ],
    ['PubliclyAccessible', false],
    ['StorageType', 'gp3'],
    ['DbInstancePort', 0],
    ['StorageEncrypted', true],
    ['KmsKeyId', KEY_ARN],
    ['DbiResourceId', owner.resourceId],
    ['CACertificateIdentifier', 'rds-ca-rsa2048-g1'],
    ['DomainMemberships', []],
    ['CopyTagsToSnapshot', true],
    ['MonitoringInterval', 60],
    ['DBInstanceArn', arnOf('db', owner.identifier)],
    ['IAMDatabaseAuthenticationEnabled', false],
    ['PerformanceInsightsEnabled', true],
    ['PerformanceInsightsRetentionPeriod', 7],
    [
      'EnabledCloudwatchLogsExports',
      [
        ['member', 'error'],
        ['member', 'slowquery'],
      ],
    ],
    ['DeletionProtection', true],
    ['AssociatedRoles', []],
    ['MaxAllocatedStorage', 1000],
    TAGS,
    ['CustomerOwnedIpEnabled', false],
    ['BackupTarget', 'region'],
    ['NetworkType', 'IPV4'],
    ['StorageThroughput', 125],
    [
      'CertificateDetails',
      [
        ['CAIdentifier', 'rds-ca-rsa2048-g1'],
        ['ValidTill', '2027-01-01T00:00:00Z'],
      ],
    ],
    ['DedicatedLogVolume', false],
    ['EngineLifecycleSupport', 'open-source-rds-extended-support'],
  ]);
}

/** `DBSnapshot`. */
export function snapshotXml(shot: Shot): string {
  const { owner } = shot;
  return render('DBSnapshot', [
    ['DBSnapshotIdentifier', shot.id],
    ['DBInstanceIdentifier', owner.identifier],
    ['SnapshotCreateTime', shot.at],
    ['Engine', owner.engine],
    ['AllocatedStorage', 200],
    ['Status', 'available'],
    ['Port', 5432],
    ['AvailabilityZone', `${REGION}a`],
    ['VpcId', 'vpc-0123456789abcdef0'],
    ['InstanceCreateTime', owner.createdAt],
    ['MasterUsername', 'admin'],
    ['EngineVersion', owner.version],
    ['LicenseModel', 'license-included'],
    ['SnapshotType', shot.type],
    ['Iops', 3000],
    ['StorageThroughput', 125],
    ['OptionGroupName', `default:${owner.engine}`],
    ['PercentProgress', 100],
    ['StorageType', 'gp3'],
    ['Encrypted', true],
    ['BackupRetentionPeriod', 25],
    ['PreferredBackupWindow', '03:00-03:30'],
    ['KmsKeyId', KEY_ARN],
    ['DBSnapshotArn', arnOf('snapshot', shot.id)],
    ['IAMDatabaseAuthenticationEnabled', false],
    ['ProcessorFeatures', []],
    ['DbiResourceId', owner.resourceId],
    TAGS,
    ['SnapshotTarget', 'region'],
    ['OriginalSnapshotCreateTime', shot.at],
    ['SnapshotDatabaseTime', shot.at],
    ['MultiTenant', false],
    ['DedicatedLogVolume', false],
  ]);
}

/** `DBInstanceAutomatedBackup`. */
export function backupXml(owner: Owner): string {
  return render('DBInstanceAutomatedBackup', [
    ['DBInstanceArn', arnOf('db', owner.identifier)],
    ['DbiResourceId', owner.resourceId],
    ['Region', REGION],
    ['DBInstanceIdentifier', owner.identifier],
    [
      'RestoreWindow',
      [
        ['EarliestTime', '2026-02-05T03:10:00Z'],
        ['LatestTime', OBSERVED_AT],
      ],
    ],
    ['AllocatedStorage', 200],
    ['Status', owner.state === 'alive' ? 'active' : 'retained'],
    ['Port', 5432],
    ['AvailabilityZone', `${REGION}a`],
    ['VpcId', 'vpc-0123456789abcdef0'],
    ['InstanceCreateTime', owner.createdAt],
    ['MasterUsername', 'admin'],
    ['Engine', owner.engine],
    ['EngineVersion', owner.version],
    ['LicenseModel', 'license-included'],
    ['OptionGroupName', `default:${owner.engine}`],
    ['Encrypted', true],
    ['StorageType', 'gp3'],
    ['KmsKeyId', KEY_ARN],
    ['IAMDatabaseAuthenticationEnabled', false],
    ['BackupRetentionPeriod', 25],
    ['PreferredBackupWindow', '03:00-03:30'],
    ['DBInstanceAutomatedBackupsArn', arnOf('auto-backup', `ab-${owner.resourceId.slice(3).toLowerCase()}`)],
    ['DBInstanceAutomatedBackupsReplications', []],
    ['BackupTarget', 'region'],
  ]);
}

/** One page of a listing. */
export function pageXml(action: string, list: string, items: readonly string[], marker: string | null): string {
  const next = marker === null ? '' : `    <Marker>${marker}</Marker>\n`;
  const body = items.length === 0 ? `    <${list}/>\n` : `    <${list}>\n${items.join('')}    </${list}>\n`;
  return answerXml(action, `${next}${body}`);
}

/** The answer of the Query protocol around a result. */
export function answerXml(action: string, result: string): string {
  const id =
    '<ResponseMetadata>\n    <RequestId>6b9c0f5e-2d3a-4c58-9a7e-1f2d3c4b5a69</RequestId>\n  </ResponseMetadata>';
  return `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/">\n  <${action}Result>\n${result}  </${action}Result>\n  ${id}\n</${action}Response>\n`;
}

const TAGS: Node = [
  'TagList',
  [
    [
      'Tag',
      [
        ['Key', 'team'],
        ['Value', 'payments'],
      ],
    ],
    [
      'Tag',
      [
        ['Key', 'aws:cloudformation:stack-name'],
        ['Value', 'orders & invoices'],
      ],
    ],
  ],
];

function arnOf(type: string, name: string): string {
  return `arn:aws:rds:${REGION}:${ACCOUNT}:${type}:${name}`;
}

/** An item of a list, as deep as it stands in an answer. */
function render(name: string, content: readonly Node[]): string {
  return element([name, content], '      ');
}

function element([name, content]: Node, indent: string): string {
  if (!Array.isArray(content)) return `${indent}<${name}>${String(content).replaceAll('&', '&amp;')}</${name}>\n`;
  if (content.length === 0) return `${indent}<${name}/>\n`;
  return `${indent}<${name}>\n${content.map((child) => element(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}
