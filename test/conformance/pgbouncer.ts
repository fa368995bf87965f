import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Place } from './claims.ts'
import { freePort } from './postgres-server.ts'

/** Fewer than the clients of a test, so that transactions of several share each. */
const SERVER_CONNECTIONS = 4
const PATHS = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].join(':')

/** A PgBouncer in transaction mode in front of a database, where there is one on this machine. */
export async function pgBouncerPlace(uri: string): Promise<Place> {
  const env = { ...process.env, PATH: PATHS }
  if (spawnSync('pgbouncer', ['--version'], { env }).status !== 0)
    return { unavailable: 'no PgBouncer here: "pgbouncer" is not installed' }
  const { hostname, port, username, password, pathname } = new URL(uri)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-pgbouncer-'))
  // It refuses to run as root, as PostgreSQL does, and then runs as that server's user.
  const asRoot = process.getuid?.() === 0
  if (asRoot) chmodSync(folder, 0o755)
  const ownPort = await freePort()
  const config = join(folder, 'pgbouncer.ini')
  writeFileSync(
    config,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 200
`,
  )
  const child = spawn('pgbouncer', ['--quiet', ...(asRoot ? ['--user', 'postgres'] : []), config], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (data: Buffer) => (said += data.toString()))
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const close = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  while (child.exitCode === null && !(await answers(ownPort))) await pause(20)
  if (child.exitCode !== null) {
    await close()
    return { unavailable: `no PgBouncer here: it ended at once (${said.trim()})` }
  }
  return { uri: `postgresql://${username}@127.0.0.1:${ownPort}${pathname}`, close }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
