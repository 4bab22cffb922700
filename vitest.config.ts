import { defineConfig } from 'vitest/config'

const SLOW_IN_WORKERD = ['exploring', 'faults', 'silent-model'].map((name) => `test/flow/${name}.test.ts`)
/** What rests most on sockets, streams, HTTP, timers and signals. */
const LEAN = ['operations/drain', 'flow/bad-input', 'flow/failover', 'flow/native-path', 'flow/passthrough']
const ALL = [
  'cli/{serve,check,route,usage}',
  'operations/*',
  'security/*',
  'store/{serve-with-store,three-gateways}',
  'flow/*',
]

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'thalamus',
          include: ['src/**/*.test.ts', 'routers/**/*.test.ts', 'catalog/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/serving/**', 'test/live-local/**', 'test/store/**', 'test/deploy/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // The same tests with the gateway in workerd: docs/edge.md.
        extends: true,
        test: {
          name: 'flow-workers',
          include: ['test/flow/**/*.test.ts'],
          // Half of the time of all of them: `npm run test:workers` runs these too.
          exclude: process.env['THALAMUS_FLOW_ALL'] === undefined ? SLOW_IN_WORKERD : [],
          env: { THALAMUS_FLOW: 'workers' },
          globalSetup: ['test/workers/flow-setup.ts'],
          setupFiles: ['test/workers/not-in-workerd.ts'],
          maxWorkers: 2,
          // workerd ends connections that were idle for five seconds, now and then just as a test sends on one.
          retry: 1,
          sequence: { groupOrder: 4 },
        },
      },
      ...['bun', 'deno'].map((runtime) => ({
        // The same with Bun and Deno, the tests where runtimes differ; all of them: docs/runtimes.md.
        extends: true as const,
        test: {
          name: runtime,
          include: (process.env['THALAMUS_FLOW_ALL'] === undefined ? LEAN : ALL).map((name) => `test/${name}.test.ts`),
          env: { THALAMUS_FLOW: runtime },
          globalSetup: ['test/runtimes/flow-setup.ts'],
          setupFiles: ['test/runtimes/not-run.ts'],
          testTimeout: 90_000,
          maxWorkers: 2,
          retry: 1,
          sequence: { groupOrder: 5 },
        },
      })),
      {
        // A Vulkan driver that computes on the CPU takes all cores: beside it, routers elsewhere would be late.
        extends: true,
        test: {
          name: 'serving',
          include: ['test/serving/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Whole gateways around a Redis that is killed: alone, so that deadlines of a quarter of a second mean something.
        extends: true,
        test: {
          name: 'store',
          include: ['test/store/**/*.test.ts'],
          maxWorkers: 1,
          testTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Images are built and programs of others are run: alone, so that nobody waits for their disk.
        extends: true,
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.test.ts'],
          maxWorkers: 1,
          testTimeout: 120_000,
          sequence: { groupOrder: 6 },
        },
      },
      {
        // A real model on one core, for minutes: alone too.
        extends: true,
        test: {
          name: 'live-local',
          include: ['test/live-local/**/*.test.ts'],
          maxWorkers: 1,
          testTimeout: 600_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
