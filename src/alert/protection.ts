/**
 * Protection that is weaker than at the look before, by whatever means: nobody has to have asked Muster.
 *
 * Deletion protection that was switched off, automated backups that are kept for fewer days. Critical where the database
 * could not come back, or is not known to; the remedy puts back what was.
 * Source of the commands: AWS CLI command reference, `aws rds modify-db-instance` and `modify-db-cluster`.
 */

import { parseArn } from '../core/arn.ts';
import type { SettingValue } from '../verdict/disarming.ts';
import { type Happening, named, placeOf } from './make-alert.ts';
import type { Standing } from './standing.ts';

/** What was weakened between two looks at one database. */
export function disarmedBetween(before: Standing, now: Standing): readonly Happening[] {
  const found: Happening[] = [];
  if (before.deletionProtection && !now.deletionProtection) {
    const what = { setting: 'deletion_protection', from: true, to: false, flag: '--deletion-protection' };
    found.push(disarmed(before, now, { ...what, words: 'its deletion protection was switched off' }));
  }
  if (now.retentionDays < before.retentionDays) {
    const [from, to] = [before.retentionDays, now.retentionDays];
    const what = { setting: 'retention_days', from, to, flag: `--backup-retention-period ${from}` };
    const words =
      to === 0
        ? `its automated backups, kept for ${from} days, were switched off`
        : `its automated backups are kept for ${to} days and no longer for ${from}`;
    found.push(disarmed(before, now, { ...what, words }));
  }
  return found;
}

interface Weakened {
  readonly setting: string;
  readonly from: SettingValue;
  readonly to: SettingValue;
  /** What puts it back, of the AWS command line. */
  readonly flag: string;
  readonly words: string;
}

function disarmed(before: Standing, now: Standing, { setting, from, to, flag, words }: Weakened): Happening {
  const { databaseArn: arn, identifier, verdict } = now;
  const doubt = verdict === 'ready' ? '' : `; it is ${verdict.replace('_', ' ')}`;
  const settings = [{ setting, subject: arn, from, to }];
  return {
    type: 'dev.muster.protection.disarmed.v1',
    level: verdict === 'ready' ? 'warning' : 'critical',
    subject: arn,
    happened: { setting, from, to, since: before.at },
    message: `${named(identifier, arn)} is less protected than before: ${words}${doubt}`,
    remedy: `find out who did it, and put it back:\n${modifyCommand(arn, identifier, flag)}`,
    facts: { arn, identifier, ...placeOf(arn), verdict, settings, seenBy: 'comparing', principal: null },
  };
}

function modifyCommand(arn: string, identifier: string, flag: string): string {
  const parsed = parseArn(arn);
  const what = parsed?.resourceType === 'cluster' ? 'db-cluster' : 'db-instance';
  return `aws rds modify-${what} --region ${parsed?.region ?? ''} --${what}-identifier ${identifier} ${flag} --apply-immediately`;
}
