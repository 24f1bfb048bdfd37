/* Makes bulk sends through an app in memory, and prints the time. Arguments: number of sends, recipients of each. */
import { sendBody } from './bench-host.ts';
import { peakMegabytes } from './machine.ts';
import { createMemoryApp } from './memory-app.ts';

const [sends = 1, recipients = 10_000, reportsPerCall = 100] = process.argv.slice(2).map(Number);
const app = createMemoryApp(reportsPerCall);
await app.send(JSON.parse(sendBody(1_000)));
await app.final(1_000);
const begun = performance.now();
for (let index = 0; index < sends; index++) await app.send(JSON.parse(sendBody(recipients)));
await app.final(1_000 + sends * recipients);
console.log(JSON.stringify({ milliseconds: performance.now() - begun, peakMegabytes: peakMegabytes('self') }));
