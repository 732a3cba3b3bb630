/**
 * The action a request names, in whichever protocol it comes.
 *
 * Source: Query protocol (`Action`), JSON 1.0 and 1.1 (`X-Amz-Target`), REST-JSON (method and path).
 */

import { backupRequest } from './backup/dispatch.ts';
import { formOf } from './form.ts';
import type { LabRequest } from './messages.ts';

/** The name of the action, such as `DescribeDBInstances`; empty when the request names none. */
export function actionOf(request: LabRequest, service: string): string {
  if (service === 'backup') return backupRequest(request).action;
  const target = request.headers['x-amz-target'];
  return target === undefined ? (formOf(request).get('Action') ?? '') : (target.split('.').at(-1) ?? '');
}
