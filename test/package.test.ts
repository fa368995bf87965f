import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCli } from './scenarios/cli.ts'

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock

describe('package-lock.json', () => {
  // npm writes a lock without the binaries of other platforms where they are not at hand, says nothing, and `npm ci`
  // then refuses the lock: https://github.com/npm/cli/issues/4828. A fresh clone would have no first command.
  it('names every optional dependency, of every platform', () => {
    const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`${at}/node_modules/${name}` in lock.packages || `node_modules/${name}` in lock.packages),
      ),
    )
    expect(missing).toEqual([])
  })

  it('leaves the choice of a registry to whoever installs', () => {
    expect(JSON.stringify(lock)).not.toContain('"resolved"')
  })
})

const root = resolve(import.meta.dirname, '..')

describe('what is published', () => {
  beforeAll(buildCli)

  const packed = (): readonly string[] => {
    // Without scripts: `prepack` builds, and that is done.
    const words = ['pack', '--dry-run', '--json', '--ignore-scripts']
    const { stdout } = spawnSync('npm', words, { cwd: root, encoding: 'utf8' })
    return (JSON.parse(stdout) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path)
  }

  it('is compiled from sources that are there, and holds no tests and none of their helpers', () => {
    const files = packed()
    expect(files.length).toBeGreaterThan(200)
    const modules = files.filter((path) => path.endsWith('.js')).map((path) => path.replace(/^dist\//, ''))
    const orphans = modules.filter((path) => !existsSync(join(root, 'src', path.replace(/\.js$/, '.ts'))))
    expect(orphans).toEqual([])
    const helpers = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && isForTests(path))
      .map((path) => path.replace(/\.ts$/, '.js'))
    expect(helpers.length).toBeGreaterThan(50)
    expect(modules.filter((path) => helpers.includes(path))).toEqual([])
  })

  it('has what its exports name', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
    }
    const named = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    const files = packed()
    expect(named.filter((path) => !files.includes(path.replace('./', '')))).toEqual([])
  })

  it('loads the sandbox by "sluice/sandbox" only', () => {
    const inSandbox = (url: string): boolean => url.includes('/dist/sandbox/')
    expect(loadedBy('sluice').filter(inSandbox)).toEqual([])
    expect(loadedBy('sluice/sandbox').filter(inSandbox).length).toBeGreaterThan(20)
    expect(loadedBy('sluice/sandbox').filter((url) => url.includes('/dist/') && !inSandbox(url))).toEqual([])
  })
})

/** A file that only tests import: named as one, or importing what only tests have. */
const isForTests = (path: string): boolean =>
  /\.test\.ts$|\.test-help\.ts$|(^|\/)test(ing|-[a-z-]+)\.ts$/.test(path) ||
  /from '(vitest|fast-check)'/.test(readFileSync(join(root, 'src', path), 'utf8'))

/** The modules that Node evaluates for an import: its coverage names every one. */
function loadedBy(specifier: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-loaded-'))
  try {
    const run = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', `await import('${specifier}')`],
      {
        cwd: root,
        env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: folder },
        encoding: 'utf8',
      },
    )
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' })
    return readdirSync(folder).flatMap((file) =>
      (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] }).result.map(
        ({ url }) => url,
      ),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
