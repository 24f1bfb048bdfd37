import type { KnipConfiguration } from 'knip';

/**
 * What nothing uses: `knip` reads everything; `knip --production` reads what is marked with `!`, so it finds what only
 * tests use. There an export counts as used by its own file: tests may look into a file that src needs anyway.
 */
export default ({ production = false }: { production?: boolean }): KnipConfiguration => ({
  entry: [
    'functions/*.ts!',
    'src/{connector/generate,local/main,local/token,local/simulated-carrier}.ts!',
    'src/cli/{notifications,callbacks,inbound,messages,templates,poison,forget,directory,api-keys}.ts!',
    'infra/*.ts!',
    'test/crash/{azurite,host}.ts',
    'test/bench/*-main.ts',
  ],
  project: ['functions/**!', 'src/**!', 'infra/**!', 'test/**'],
  ignoreExportsUsedInFile: production,
});
