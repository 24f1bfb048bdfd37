import { apply } from './directory/apply.ts';
import { check } from './directory/check.ts';
import { exportAll } from './directory/export.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'directory',
  summary: 'Checks a file that declares customers, services and users, and makes the stored directory match it.',
  subcommands: [check, apply, exportAll],
});
