import { startAzurite } from '../../src/local/azurite.ts';

// Azurite as a process of its own, in memory: it outlives every host that works on it.

const { connectionString } = await startAzurite();
console.log(`ready ${connectionString}`);
