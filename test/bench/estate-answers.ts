/**
 * Answers the calls that reading an estate makes, as AWS would: pages of 100, filters, markers, opaque to the caller.
 *
 * Pure but for what it remembers of earlier calls. Items are rendered when the answerer is made, so that an answer costs
 * no more than gluing 100 of them together. Used by the page server and, without a network, by `estate-inventory.ts`.
 */

import { ACCOUNT, type Estate, KEY_ARN, type Owner } from './estate.ts';
import { answerXml, backupXml, instanceXml, pageXml, snapshotXml } from './estate-xml.ts';

/** A call as it arrives: the `x-amz-target` header if there is one, and the form of a Query call. */
export interface Call {
  readonly target: string | null;
  readonly form: URLSearchParams | null;
}
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

interface Item {
  readonly engine: string;
  readonly type: string;
  readonly xml: string;
}
type Lists = Readonly<Record<string, { readonly list: string; readonly items: readonly Item[] }>>;

/** What answers for an estate. */
export function answersOf(estate: Estate): (call: Call) => Answer {
  const lists = listsOf(estate);
  const results = resultsOf(estate);
  const chosen = new Map<string, readonly Item[]>();
  const select = (action: string, form: URLSearchParams): readonly Item[] => {
    const type = form.get('SnapshotType');
    const engines = [...form].filter(([key]) => key.includes('.Values.')).map(([, value]) => value);
    const key = JSON.stringify([action, type, engines]);
    const items =
      chosen.get(key) ??
      (lists[action]?.items ?? []).filter(
        (item) => (type === null || item.type === type) && (engines.length === 0 || engines.includes(item.engine)),
      );
    chosen.set(key, items);
    return items;
  };
  return ({ target, form }) => {
    if (form === null) return json(target === null ? { BackupVaultList: [], RestoreJobs: [] } : JSON_ANSWERS[target]);
    const action = form.get('Action') ?? '';
    const list = lists[action]?.list;
    if (action === 'DescribeDBEngineVersions')
      return xml(pageXml(action, 'DBEngineVersions', [versionXml(form)], null));
    if (list !== undefined) return xml(cutPage(action, list, select(action, form), form));
    return results[action] === undefined ? json(undefined) : xml(answerXml(action, `${results[action]}\n`));
  };
}

function cutPage(action: string, list: string, items: readonly Item[], form: URLSearchParams): string {
  const from = Number(Buffer.from(form.get('Marker') ?? '', 'base64url').toString());
  const upto = from + Number(form.get('MaxRecords') ?? 100);
  const marker = upto < items.length ? Buffer.from(String(upto)).toString('base64url') : null;
  const shown = items.slice(from, upto).map((item) => item.xml);
  return pageXml(action, list, shown, marker);
}

function listsOf({ owners, shots }: Estate): Lists {
  const owned = (render: (owner: Owner) => string, states: readonly Owner['state'][]): readonly Item[] =>
    owners
      .filter(({ state }) => states.includes(state))
      .map((owner) => ({ engine: owner.engine, type: '', xml: render(owner) }));
  const snapshots = shots.map((shot) => ({ engine: shot.owner.engine, type: shot.type, xml: snapshotXml(shot) }));
  return {
    DescribeDBInstances: { list: 'DBInstances', items: owned(instanceXml, ['alive']) },
    DescribeDBSnapshots: { list: 'DBSnapshots', items: snapshots },
    DescribeDBInstanceAutomatedBackups: {
      list: 'DBInstanceAutomatedBackups',
      items: owned(backupXml, ['alive', 'retained']),
    },
    DescribeDBClusters: { list: 'DBClusters', items: [] },
    DescribeDBClusterSnapshots: { list: 'DBClusterSnapshots', items: [] },
    DescribeDBClusterAutomatedBackups: { list: 'DBClusterAutomatedBackups', items: [] },
    DescribeGlobalClusters: { list: 'GlobalClusters', items: [] },
    DescribeExportTasks: { list: 'ExportTasks', items: [] },
  };
}

function resultsOf({ shots }: Estate): Readonly<Record<string, string>> {
  const manual = shots.filter(({ type }) => type === 'manual').length;
  return {
    GetCallerIdentity: `<Arn>arn:aws:iam::${ACCOUNT}:user/bench</Arn><UserId>AIDAEXAMPLE</UserId><Account>${ACCOUNT}</Account>`,
    DescribeAccountAttributes: `<AccountQuotas>${quota('ManualSnapshots', manual)}${quota('ManualClusterSnapshots', 0)}</AccountQuotas>`,
  };
}

function quota(name: string, used: number): string {
  return `<AccountQuota><AccountQuotaName>${name}</AccountQuotaName><Used>${used}</Used><Max>${used * 2}</Max></AccountQuota>`;
}

/** Whatever version is asked about is offered. */
function versionXml(form: URLSearchParams): string {
  const [engine, version] = [form.get('Engine'), form.get('EngineVersion')];
  return `<DBEngineVersion><Engine>${engine}</Engine><EngineVersion>${version}</EngineVersion><Status>available</Status></DBEngineVersion>\n`;
}

const JSON_ANSWERS: Readonly<Record<string, unknown>> = {
  'TrentService.DescribeKey': {
    KeyMetadata: { KeyId: KEY_ARN, Arn: KEY_ARN, KeyState: 'Enabled', KeyManager: 'CUSTOMER' },
  },
};

function xml(body: string): Answer {
  return { status: 200, type: 'text/xml', body };
}

function json(value: unknown): Answer {
  return { status: value === undefined ? 404 : 200, type: 'application/json', body: JSON.stringify(value ?? {}) };
}
