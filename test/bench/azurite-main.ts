import { startAzurite } from '../../src/local/azurite.ts';

console.log((await startAzurite({})).connectionString);
