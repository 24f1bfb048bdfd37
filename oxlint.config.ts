import { defineConfig } from 'oxlint';

/*
 * The rooms of src and the arrows between them: each room may import those that it lists, and no others, for types as
 * well. The lists go one way, so there is no circle between rooms; import/no-cycle refuses circles between files.
 */
const rooms: Record<string, readonly string[]> = {
  core: [],
  operation: ['core'],
  'http-delivery': ['core'],
  'phone-numbers': ['core', 'operation'],
  directory: ['core', 'operation', 'phone-numbers'],
  'opt-outs': ['core', 'operation', 'phone-numbers', 'directory'],
  templates: ['core', 'operation', 'phone-numbers', 'directory'],
  messages: ['core', 'operation', 'phone-numbers', 'directory', 'opt-outs', 'templates'],
  contacts: ['core', 'operation', 'phone-numbers', 'directory', 'messages'],
  conversations: ['core', 'operation', 'directory', 'messages'],
  subscriptions: ['core', 'operation', 'directory', 'http-delivery'],
  notifications: ['core', 'operation', 'directory', 'http-delivery', 'conversations', 'subscriptions'],
  'delivery-callbacks': ['core', 'operation', 'directory', 'http-delivery', 'messages'],
  maintenance: ['core', 'operation', 'messages', 'conversations', 'notifications', 'delivery-callbacks'],
  policies: ['core', 'operation', 'directory', 'messages'],
  carriers: ['core', 'operation', 'phone-numbers', 'templates', 'messages', 'conversations'],
  outgoing: ['core', 'http-delivery', 'conversations', 'subscriptions', 'notifications', 'delivery-callbacks'],
  auth: ['core', 'operation', 'directory'],
  connector: ['core', 'operation'],
};

/** Rooms whose `index.ts` is a wall: others import nothing behind it. */
const walled = [
  'http-delivery',
  'phone-numbers',
  'directory',
  'opt-outs',
  'templates',
  'messages',
  'contacts',
  'conversations',
  'subscriptions',
  'notifications',
  'delivery-callbacks',
  'maintenance',
];

const nouns = walled.filter((room) => room !== 'maintenance');

/** Rooms above the nouns that may import almost everything; they list what they may not. */
const refused: Record<string, readonly string[]> = {
  storage: ['carriers', 'connector', 'outgoing', 'settings', 'cli', 'local', 'operation'],
  settings: ['connector', 'cli', 'local', 'maintenance', 'policies'],
  cli: ['local', 'connector', 'maintenance', 'policies'],
  local: ['connector', 'maintenance', 'policies', 'outgoing', ...nouns],
};

const allRooms = [...Object.keys(rooms), ...Object.keys(refused)];

type Pattern = { message: string } & ({ regex: string } | { group: readonly string[] });

/** Matches an import of one of these rooms from anywhere in src. */
const importOf = (names: readonly string[], rest = ''): string =>
  `^(\\./|(\\.\\./)+)(src/)?(${names.join('|')})/${rest}`;

const composition = {
  regex: '^(\\.\\./)+(src/)?(app|operations|workers|timers|create-carriers)\\.ts$',
  message: 'The composition stands above the rooms.',
};
const typebox = { regex: '^typebox(/|$)', message: 'src/operation/schema.ts builds the schemas.' };
const azure = { regex: '^@azure/', message: 'SDKs stay in storage, auth, local, cli and the composition.' };

/**
 * What lies behind the walls of other rooms. Storage may use their stored form as well.
 *
 * @param room empty for the composition and functions/
 */
function walls(room: string): Pattern {
  const doors = room === 'storage' ? ['index.ts', 'stored-form.ts'] : ['index.ts'];
  const folders = walled
    .filter((name) => name !== room)
    .flatMap((name) => (room === '' ? ['./', '../src/'] : ['../', '../../', '../../../']).map((up) => up + name));
  return {
    group: folders.flatMap((folder) => [`${folder}/**`, ...doors.map((door) => `!${folder}/${door}`)]),
    message: 'Use the index.ts of the room, or export what is missing there.',
  };
}

function patternsOf(room: string): Pattern[] {
  const allowed = rooms[room];
  const foreign =
    allowed === undefined ? (refused[room] ?? []) : allRooms.filter((name) => name !== room && !allowed.includes(name));
  const mayUseAzure = ['storage', 'settings', 'cli', 'local', 'auth'].includes(room);
  const isGenerator = room === 'connector';
  return [
    { regex: importOf(foreign), message: `${room} may not import that room: see the rooms in oxlint.config.ts.` },
    walls(room),
    ...(room === 'local' || room === 'cli' || isGenerator ? [] : [composition]),
    ...(isGenerator ? [{ ...composition, regex: '/(app|workers|timers|create-carriers)\\.ts$' }] : []),
    typebox,
    ...(mayUseAzure ? [] : [azure]),
  ];
}

type Rules = Record<string, 'off' | 'error' | ['error', Record<string, unknown>]>;

const restrict = (patterns: readonly Pattern[]): Rules => ({ 'no-restricted-imports': ['error', { patterns }] });

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'node', 'oxc', 'promise', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['dist'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 4 }],
    'no-console': 'error',
    'node/no-process-env': 'error',
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'oxc/no-map-spread': 'off',
    'no-shadow': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'import/no-unassigned-import': 'off',
  },
  overrides: [
    { files: ['src/*.ts', 'functions/**'], rules: restrict([typebox, walls('')]) },
    ...allRooms.map((room) => ({ files: [`src/${room}/**`], rules: restrict(patternsOf(room)) })),
    // The one place that builds schemas from typebox.
    {
      files: ['src/operation/schema.ts'],
      rules: restrict(patternsOf('operation').filter((pattern) => pattern !== typebox)),
    },
    {
      files: ['src/app.ts', 'src/local/**', 'src/cli/**', 'test/**', 'infra/**'],
      rules: { 'node/no-process-env': 'off' },
    },
    {
      files: ['src/local/**', 'src/cli/**', 'test/**', 'infra/**', 'src/connector/generate.ts'],
      rules: { 'no-console': 'off' },
    },
    { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['test/**'], rules: { 'max-lines': 'off' } },
  ],
});
