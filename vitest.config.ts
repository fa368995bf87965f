import { configDefaults, defineConfig } from 'vitest/config'

/** Kills, tampering, old stores, many processes: minutes each. `npm run long` runs them, and so does CI. */
const long = [
  'src/destinations/files/kill.test.ts',
  'test/conformance/first-runs.test.ts',
  'test/docs/unattended.test.ts',
  'test/scenarios/namespaces.test.ts',
  'test/scenarios/parquet.test.ts',
  'test/scenarios/tampering.test.ts',
  'test/stores/stores.test.ts',
]
const isLong = process.env['SLUICE_LONG'] === '1'

export default defineConfig({
  test: {
    include: isLong ? long : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, ...long],
    // Two cores are the smallest machine we promise; tests start real servers and child processes.
    maxWorkers: 2,
    // Some tests kill processes after so many milliseconds: on a crowded machine of CI's one may miss its moment once.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
