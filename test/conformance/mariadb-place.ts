import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { Place } from './claims.ts'
import { freePort } from './postgres-server.ts'

/** What docs/destinations.md says that a user needs, and views, which tests make. */
const RIGHTS =
  'select, insert, update, delete, create, alter, drop, index, create temporary tables, create view'

/** With what only an administrator of the server may do, and its certificate; null where it is not ours. */
type ServerPlace = Exclude<Place, Readonly<{ unavailable: string }>> &
  Readonly<{ administer: ((sql: string) => Promise<void>) | null; certificate: string }>

/** A database of its own on the server that `MYSQL_URL` names, else on one that is started for the test. */
export async function mariadbPlace(): Promise<ServerPlace | Readonly<{ unavailable: string }>> {
  const given = process.env['MYSQL_URL']
  if (given !== undefined)
    return { ...(await databaseOn(given, async () => undefined)), administer: null, certificate: '' }
  if (spawnSync('mariadbd', ['--version']).error !== undefined) {
    return { unavailable: 'no MariaDB here: MYSQL_URL is not set, and "mariadbd" is not installed' }
  }
  const directory = await mkdtemp(join(tmpdir(), 'sluice-mariadb-'))
  try {
    return await start(directory)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    const reason = error instanceof Error ? error.message : String(error)
    return { unavailable: `no MariaDB here: MYSQL_URL is not set, and "mariadbd" does not start (${reason})` }
  }
}

async function start(directory: string): Promise<ServerPlace> {
  const asOwner = await owner(directory)
  const data = join(directory, 'data')
  const installed = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      ...asOwner,
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8', timeout: 50_000 },
  )
  if (installed.status !== 0) throw new Error(`mariadb-install-db: ${installed.stderr.trim().slice(-300)}`)
  certify(directory)
  const [port, password] = [await freePort(), randomUUID()]
  const init = join(directory, 'init.sql')
  await writeFile(
    init,
    `create user sluice@'%' identified by '${password}';\ngrant ${RIGHTS} on *.* to sluice@'%';\ncreate database first;\n`,
    { mode: 0o644 },
  )
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      ...asOwner,
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 'socket')}`,
      `--pid-file=${join(directory, 'pid')}`,
      `--log-error=${join(directory, 'log')}`,
      `--tmpdir=${directory}`,
      `--init-file=${init}`,
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-flush-method=nosync',
      '--innodb-buffer-pool-size=64M',
      // Set as somebody's server may be: sessions have to set what they rely on.
      '--character-set-server=latin1',
      '--sql-mode=',
      '--default-time-zone=+05:30',
      '--local-infile=1',
      `--ssl-cert=${join(directory, 'certificate.pem')}`,
      `--ssl-key=${join(directory, 'key.pem')}`,
    ],
    { stdio: 'ignore' },
  )
  const stop = async (): Promise<void> => {
    await ended(server)
    await rm(directory, { recursive: true, force: true })
  }
  const uri = `mysql://sluice:${password}@127.0.0.1:${port}/first`
  try {
    await answering(uri, server, join(directory, 'log'))
  } catch (error) {
    await ended(server)
    throw error
  }
  const administer = async (sql: string): Promise<void> => {
    const root = await createConnection({ host: '127.0.0.1', port, user: 'root', multipleStatements: true })
    await root.query(sql)
    await root.end()
  }
  return { ...(await databaseOn(uri, stop)), administer, certificate: `${directory}/certificate.pem` }
}

/** A certificate of the server's own, for a name that nobody calls it by. */
function certify(directory: string): void {
  const words =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=database.example -keyout key.pem -out certificate.pem'
  const made = spawnSync('openssl', words.split(' '), { cwd: directory, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`openssl: ${made.error?.message ?? made.stderr.trim().slice(-300)}`)
  // The server reads it as another user.
  chmodSync(join(directory, 'key.pem'), 0o644)
}

/** The server does not like to be root, as containers are: its package made a user for it. */
async function owner(directory: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const [user, group] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'mysql'], { encoding: 'utf8' }).stdout),
  )
  if (user === undefined || group === undefined || !(user > 0)) throw new Error('there is no user "mysql"')
  await chown(directory, user, group)
  return ['--user=mysql']
}

async function answering(uri: string, server: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await (await createConnection(uri)).end()
      return
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) {
        const said = await readFile(log, 'utf8').catch(() => '')
        throw new Error(
          said
            .split('\n')
            .filter((line) => line.includes('[ERROR]'))
            .at(-1) ?? 'it says nothing',
          {
            cause: error,
          },
        )
      }
      await new Promise((wake) => setTimeout(wake, 50))
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const exited = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGKILL')
  await exited
}

async function databaseOn(
  uri: string,
  stop: () => Promise<void>,
): Promise<Omit<ServerPlace, 'administer' | 'certificate'>> {
  const name = `sluice_conformance_${randomUUID().slice(0, 8)}`
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(uri)
    await connection.query(sql)
    await connection.end()
  }
  await run(`create database ${name}`)
  const own = new URL(uri)
  own.pathname = `/${name}`
  return {
    uri: own.href,
    close: async () => {
      await run(`drop database ${name}`)
      await stop()
    },
  }
}
