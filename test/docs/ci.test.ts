import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from './pages.ts'

const install = (path: string, ...pairs: readonly string[]) => {
  const script = `source .ci/packages.sh; install_missing ${pairs.join(' ')}`
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-euo', 'pipefail', '-c', script], {
    cwd: root,
    encoding: 'utf8',
    // Bash takes a socket there for a login from afar, and reads the user's settings.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: path },
  })
  return { status, stdout, stderr }
}

test('CI goes on, and says so, on a machine where nothing can be installed', () => {
  expect(install('/nowhere', 'no-such-program:its-package', 'another:another-package')).toEqual({
    status: 0,
    stdout:
      'Skipped: this machine has no apt-get, so its-package another-package cannot be installed. Tests that want them will say so.\n',
    stderr: '',
  })
})

test('CI installs nothing that is here', () => {
  expect(install(process.env['PATH'] ?? '', 'sh:dash', 'node:nodejs')).toEqual({
    status: 0,
    stdout: 'Nothing to install: sh node are here.\n',
    stderr: '',
  })
})
