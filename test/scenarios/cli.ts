import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** What came of one call of the command line. */
export type CliResult = Readonly<{
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}>

export type CliRun = Readonly<{
  child: ChildProcess
  done: Promise<CliResult>
  /** Resolves once standard error shows this; rejects when the process ends without it. */
  says: (text: string | RegExp) => Promise<void>
}>

export type CliOptions = Readonly<{
  /** Where landed pages wait. */
  stateFolder: string
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** A shell line that ends in `exec "$@"`, to run the command under limits: `ulimit -f 100; exec "$@"`. */
  shell?: string
}>

const bin = resolve(process.env['SLUICE_BIN'] ?? 'dist/bin.js')

/** Compiles what the command line is started from, unless it is newer than its source. `npm test` has done so. */
export function buildCli(): void {
  if (process.env['SLUICE_BIN'] !== undefined) return
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' })
  if (status !== 0 || !existsSync(bin)) throw new Error(`The build failed:\n${stdout}${stderr}`)
}

/** Starts the compiled `sluice` as a process of its own. */
export function startCli(words: readonly string[], options: CliOptions): CliRun {
  const { stateFolder, env = {}, cwd = process.cwd(), shell } = options
  const command = [process.execPath, bin, ...words]
  const [program = '', ...args] = shell === undefined ? command : ['/bin/sh', '-c', shell, 'sh', ...command]
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], SLUICE_STATE_DIR: stateFolder, ...env },
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const listener of listeners) listener()
  })
  const done = new Promise<CliResult>((settle, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      settle({ code, signal, stdout, stderr })
    })
  })
  const says = (text: string | RegExp): Promise<void> =>
    new Promise((settle, reject) => {
      const look = (): void => {
        if (typeof text === 'string' ? !stderr.includes(text) : !text.test(stderr)) return
        listeners.delete(look)
        settle()
      }
      listeners.add(look)
      look()
      child.on('close', () => {
        reject(new Error(`It ended without saying "${String(text)}":\n${stderr}${stdout}`))
      })
    })
  return { child, done, says }
}

/** Runs it to its end. */
export const runCli = (words: readonly string[], options: CliOptions): Promise<CliResult> =>
  startCli(words, options).done
