// Runs the proofs that are too heavy for every `npm test`: Prism, an independent validator of OpenAPI, as a proxy in
// front of the sandbox. Prism is 185 packages and 90 MB, so it is installed here, on demand, instead of being a
// dependency of every clone. 5.14.2 is the last release that runs on Node 20.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

// Looked for first: without it there is nothing to prove, and nothing worth installing.
const spec = process.env.SLUICE_SPEC ?? '../shared/klaviyo-openapi/stable.json'
if (!existsSync(spec)) {
  console.error(
    `Klaviyo's OpenAPI file is not at "${spec}", so there is nothing to hold the sandbox against. Get "openapi/stable.json" from Klaviyo's repository "klaviyo/openapi" and name it in SLUICE_SPEC. Nothing was installed.`,
  )
  process.exit(2)
}
await import('./setup.mjs')

const home = resolve('node_modules/.cache/prism')
const prism = resolve(home, 'node_modules/@stoplight/prism-cli/dist/index.js')
if (!existsSync(prism)) {
  run('npm', [
    'i',
    '--prefix',
    home,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '@stoplight/prism-cli@5.14.2',
  ])
}
run('npx', ['vitest', 'run', 'test/sandbox/prism.test.ts'], { ...process.env, SLUICE_PRISM: prism })

function run(command, args, env = process.env) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env })
  if (status !== 0) process.exit(status ?? 1)
}
