/**
 * An estate as Muster's inventory: read by the real reader from the same XML, without a network.
 *
 * For benchmarks that start from an inventory rather than read one.
 */

import { createClients } from '../../src/adapters/aws/clients.ts';
import { createEstateReader } from '../../src/adapters/aws/estate-reader.ts';
import { parseInstant } from '../../src/core/time.ts';
import type { Inventory } from '../../src/inventory/model.ts';
import { type Estate, OBSERVED_AT, REGION } from './estate.ts';
import { answersOf } from './estate-answers.ts';

/** The inventory of an estate, as observed at `OBSERVED_AT`. */
export async function inventoryOf(estate: Estate): Promise<Inventory> {
  const answer = answersOf(estate);
  const requestHandler = {
    handle: async ({ headers, body }: { headers: Record<string, string>; body?: unknown }) => {
      const form = headers['content-type']?.includes('x-www-form-urlencoded')
        ? new URLSearchParams(String(body))
        : null;
      const { status, body: text } = answer({ target: headers['x-amz-target'] ?? null, form });
      return { response: { statusCode: status, headers: {}, body: Buffer.from(text) } };
    },
  };
  const credentials = { accessKeyId: 'AKIABENCH', secretAccessKey: 'not-a-secret' };
  const clients = createClients({ region: REGION, credentials, requestHandler: requestHandler as never });
  return createEstateReader(clients).read(parseInstant(OBSERVED_AT, 'bench'));
}
