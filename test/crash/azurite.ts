import { startAzurite } from '../../src/local/azurite.ts';

// Runs Azurite as a process of its own, in memory, so that it outlives the hosts.

const { connectionString } = await startAzurite();
console.log(`ready ${connectionString}`);
