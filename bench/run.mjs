// `npm run bench [-- NAME …]`: the figures of docs/performance.md, each a ratio within one run.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { crowded, limitBound, profilesBound } from './limits.mjs'
import { engineBound, memory } from './engine.mjs'
import { machine } from './lib/workspace.mjs'
import { ingestr, sequential } from './peers.mjs'
import { parquet } from './parquet.mjs'
import { postgres } from './postgres.mjs'
import { second, startup } from './start.mjs'

const benchmarks = {
  startup,
  second,
  engine: engineBound,
  memory,
  profiles: profilesBound,
  limit: limitBound,
  crowded,
  sequential,
  ingestr,
  parquet,
  postgres,
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benchmarks))
if (unknown.length > 0) {
  console.error(`No benchmark "${unknown[0]}". There are: ${Object.keys(benchmarks).join(', ')}.`)
  process.exit(2)
}
console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
const results = {}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  // Whatever is dirty in the page cache is another benchmark's business.
  spawnSync('sync')
  console.log(`\n${name}`)
  for (const line of await run()) {
    console.log(`  ${line}`)
    results[name] = [...(results[name] ?? []), line]
  }
}
if (process.env.SLUICE_BENCH_OUT)
  writeFileSync(process.env.SLUICE_BENCH_OUT, JSON.stringify(results, null, 2))
