import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildCli } from '../scenarios/cli.ts'
import { countOf } from '../scenarios/truth.ts'
import { blocksOf, root } from './pages.ts'
import { Reader } from './reader.ts'

const blocks = blocksOf('docs/unattended.md')
const first = (language: string, holds = ''): string => {
  const found = blocks.find((block) => block.language === language && block.text.includes(holds))
  if (found === undefined) throw new Error(`docs/unattended.md has no ${language} with "${holds}"`)
  return found.text
}

beforeAll(buildCli)

let reader: Reader
beforeEach(async () => {
  reader = await Reader.sitDown({ unavailable: 'not wanted' })
})
afterEach(() => reader[Symbol.asyncDispose]())

const expectFilled = async (): Promise<void> => {
  expect(await countOf(join(reader.var, 'shop.duckdb'), 'klaviyo.profiles')).toBe(300)
  expect(await countOf(join(reader.var, 'shop.duckdb'), 'klaviyo.tags')).toBeGreaterThan(0)
}

test('cron: the line does it, and is silent', { timeout: 60_000 }, async (context) => {
  if (spawnSync('flock', ['--version']).status !== 0) return context.skip('no program "flock" here')
  const lines = first('crontab').trimEnd().split('\n')
  const job = /^(?:\S+ +){5}(.*)$/.exec(lines.at(-1) ?? '')?.[1] ?? ''
  // cron turns the first "%" that is not escaped into the end of the command.
  expect(job).toMatch(/^[^%]+$/)
  const settings = lines.slice(0, -1).map((line) => `export ${line}\n`)
  const { code, output } = await reader.type(settings.join('') + job)
  expect({ code, output }).toEqual({ code: 0, output: '' })
  await expectFilled()
  expect(existsSync(join(reader.var, 'state'))).toBe(true)
  // What is done on Sundays, upon the same file.
  const weekly = /^(?:\S+ +){5}(.*)$/.exec(first('crontab', '--reconcile').trim())?.[1] ?? ''
  expect(weekly).toMatch(/^[^%]+$/)
  expect(await reader.type(settings.join('') + weekly)).toMatchObject({ code: 0, output: '' })
  expect(await readFile(join(reader.var, 'log'), 'utf8')).toMatch(
    /profiles: 300 rows looked for at Klaviyo: none found gone\./,
  )
})

describe('systemd', () => {
  test('accepts the units', async (context) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0)
      return context.skip('no program "systemd-analyze" here')
    const folder = join(reader.folder, 'units')
    await mkdir(folder)
    const program = join(reader.folder, 'bin/sluice')
    const service = first('ini', '[Service]').replace('/usr/local/bin/sluice', program)
    await writeFile(join(folder, 'sluice.service'), service)
    await writeFile(join(folder, 'sluice.timer'), first('ini', '[Timer]'))
    const { status, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', join(folder, 'sluice.timer'), join(folder, 'sluice.service')],
      { encoding: 'utf8' },
    )
    // Units of the machine itself are complained about in the same breath.
    expect(stderr.split('\n').filter((line) => line.includes('sluice'))).toEqual([])
    expect(status).toBe(0)
  })

  test(
    'the command does it as systemd starts it: word by word, without a shell',
    { timeout: 60_000 },
    async () => {
      const service = first('ini', '[Service]')
      const words = /^ExecStart=(.*)$/m.exec(service)?.[1]?.split(' ') ?? []
      const state = /^Environment=(SLUICE_STATE_DIR=.*)$/m.exec(service)?.[1] ?? ''
      const script = [
        `export ${state}`,
        'set -a',
        '. /etc/sluice/env',
        'set -f',
        ['sluice', ...words.slice(1)].join(' '),
      ]
      const { code, output } = await reader.type(script.join('\n'))
      expect(code, output).toBe(0)
      await expectFilled()
    },
  )
})

describe('containers', () => {
  const dockerfile = first('dockerfile')
  const all = (instruction: string): readonly string[] =>
    [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest = '']) => rest)

  test('the Dockerfile copies what is there, starts what the package names, and not as root', () => {
    const copied = all('COPY')
      .filter((rest) => !rest.startsWith('--from'))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([])
    const { bin, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      bin: { sluice: string }
      engines: { node: string }
    }
    expect(dockerfile).toContain(`ln -s /opt/sluice/${bin.sluice} /usr/local/bin/sluice`)
    expect(all('ENTRYPOINT')).toEqual(['["sluice"]'])
    const major = Number(/^node:(\d+)/.exec(all('FROM').at(-1) ?? '')?.[1])
    expect(major).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]))
    const [user] = all('USER')
    expect(user).toBe('node')
    expect(dockerfile.indexOf('USER')).toBeGreaterThan(dockerfile.lastIndexOf('RUN'))
    const [volume = 'none'] = all('VOLUME')
    expect(all('ENV')).toEqual([`SLUICE_STATE_DIR=${volume}/state`])
    expect(all('WORKDIR').at(-1)).toBe(volume)
  })

  test(
    'the command does it without rights, without a home, on a file system that is read-only but for the volume',
    { timeout: 60_000 },
    async (context) => {
      if (spawnSync('unshare', ['-m', 'true']).status !== 0)
        return context.skip('only root can make a file system read-only here')
      const words = /\n {2}sluice (ingest [^]*)$/.exec(first('sh', 'docker run'))?.[1] ?? ''
      const [program, volume] = [join(root, 'dist/bin.js'), reader.var]
      const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all'
      if (spawnSync('sh', ['-c', `${nobody} test -r '${program}'`]).status !== 0)
        return context.skip('the clone is private: nobody else can read it')
      chmodSync(reader.folder, 0o755)
      chownSync(volume, 65_534, 65_534)
      chmodSync(volume, 0o700)
      const script = join(reader.folder, 'container.sh')
      await writeFile(
        script,
        `set -eu
mount --make-rprivate /
mount --bind '${volume}' '${volume}'
mount -o remount,bind,ro /
if touch /sluice-probe 2>/dev/null; then exit 99; fi
cd '${volume}'
exec env -i PATH="$PATH" KLAVIYO_API_KEY=pk_test SLUICE_STATE_DIR='${volume}/state' \\
  ${nobody} '${process.execPath}' '${program}' ${reader.mine(words)}`,
      )
      const { code, output } = await reader.type(`unshare -m bash '${script}'`)
      expect(code, output).toBe(0)
      await expectFilled()
    },
  )
})
