// Compiles src/ to dist/ and copies the data files beside it, when any source is newer than the last build.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

const stamp = 'dist/.built'
const inputs = ['package.json', 'tsconfig.json', 'tsconfig.build.json', ...files('src')]
const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0

if (inputs.some((file) => statSync(file).mtimeMs > built)) {
  const started = new Date()
  rmSync('dist', { recursive: true, force: true })
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    {
      stdio: 'inherit',
    },
  )
  if (status !== 0) process.exit(status ?? 1)
  cpSync('src', 'dist', {
    recursive: true,
    filter: (file) => statSync(file).isDirectory() || file.endsWith('.json'),
  })
  if (existsSync('dist/bin.js')) chmodSync('dist/bin.js', 0o755)
  writeFileSync(stamp, '')
  // A source edited while the compiler ran is newer than this and is compiled next time.
  utimesSync(stamp, started, started)
}

function files(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
