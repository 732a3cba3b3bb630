/** The program behind `lab-directories.ts`: makes and keeps what the labs of the tests start from. */

import { parseInstant } from '../../src/core/time.ts';
import { datatalks } from '../../src/lab/estates/datatalks.ts';
import { PgliteEngine } from '../../src/lab/pglite-engine.ts';
import { TEST_SEED } from './aws-postgres.ts';

const engine = new PgliteEngine();
const seeds = Object.values(datatalks(parseInstant('2026-11-22T09:07:00Z', 'test')).volumes);
for (const { masterUsername, databaseName } of [...seeds, TEST_SEED]) await engine.keep(masterUsername, databaseName);
await engine.close();
