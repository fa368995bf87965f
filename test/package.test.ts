import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

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
