// How fast and in how much memory the engine stages pages. Needs a build: npm run build.
// node bench/engine/stage.mjs [threads] [pages per stage] [memory limit MB] [plain|gzip] [rounds]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine } from '../../dist/engine/open-engine.js'
import { landedFile } from '../lib/landed.mjs'
import { writePages } from './pages.mjs'

const [threads = '1', perStage = '100', memoryLimitMb = '256', kind = 'plain', rounds = '6'] =
  process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
const files = writePages(join(directory, 'pages'), 100, { gzip: kind === 'gzip' }).files.map(landedFile)

const attribute = (name, type) => ({ name, path: ['attributes', name], type })
const related = (name) => ({ name: `${name}_id`, path: ['relationships', name, 'data', 'id'], type: 'text' })
const columns = [
  { name: 'id', path: ['id'], type: 'text' },
  attribute('timestamp', 'integer'),
  attribute('event_properties', 'json'),
  attribute('datetime', 'timestamp'),
  attribute('uuid', 'text'),
  related('profile'),
  related('metric'),
]

const engine = await openEngine({
  tempDirectory: directory,
  threads: Number(threads),
  memoryLimitMb: Number(memoryLimitMb),
})
let bestMs = Infinity
let bestCpuMs = Infinity
for (let round = 0; round < Number(rounds); round++) {
  const startMs = performance.now()
  const before = process.cpuUsage()
  for (let at = 0; at < files.length; at += Number(perStage)) {
    const stage = await engine.stage({
      files: files.slice(at, at + Number(perStage)),
      columns,
      key: ['id'],
      cursor: { field: 'datetime' },
      account: 'bench',
      syncedAtMs: Date.now(),
    })
    await engine.drop(stage)
  }
  const { user, system } = process.cpuUsage(before)
  bestMs = Math.min(bestMs, performance.now() - startMs)
  bestCpuMs = Math.min(bestCpuMs, (user + system) / 1000)
}
await engine[Symbol.asyncDispose]()
rmSync(directory, { recursive: true, force: true })
console.log(
  `${kind}, ${perStage} pages a stage, ${threads} thread(s), limit ${memoryLimitMb} MB: ` +
    `${Math.round(100_000 / bestMs)} thousand events/s, ${Math.round(bestCpuMs)} CPU ms per 100,000, ` +
    `peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
)
