import { join } from 'node:path';

import { startChild } from './child-process.ts';
import type { Child } from './child-process.ts';

/** Azurite in a process of its own, in memory. */
export interface AzuriteProcess extends Child {
  connectionString: string;
}

export async function startAzuriteProcess(): Promise<AzuriteProcess> {
  const child = await startChild(join(import.meta.dirname, 'azurite-main.ts'));
  return { ...child, connectionString: child.output };
}
