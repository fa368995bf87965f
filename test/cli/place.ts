import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect } from 'vitest'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.ts'
import { runCli, startCli } from '../scenarios/cli.ts'
import type { CliOptions, CliResult, CliRun } from '../scenarios/cli.ts'

/** The compiled command line, for shells. */
export const bin = resolve(process.env['SLUICE_BIN'] ?? 'dist/bin.js')

/** A sandbox, an empty folder to work in, and the compiled command line. */
export interface Place extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Landed pages go here; not in `folder`. */
  readonly stateFolder: string
  /** `klaviyo://…` for a key of the sandbox, with further parameters. */
  source(key?: string, more?: string): string
  run(words: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>
  start(words: readonly string[], options?: Partial<CliOptions>): CliRun
  /** Names and contents of all files in `folder`. */
  files(): Promise<Readonly<Record<string, string>>>
  /** Makes a DuckDB file in `folder`. */
  make(name: string, sql: string): Promise<void>
}

export async function openPlace(options: SandboxOptions = {}): Promise<Place> {
  const sandbox = await startSandbox({ profiles: 200, events: 3_000, limits: 'off', ...options })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
  const stateFolder = await mkdtemp(join(tmpdir(), 'sluice-cli-state-'))
  const place = { stateFolder, cwd: folder }
  return {
    sandbox,
    folder,
    stateFolder,
    source: (key = 'pk_test', more = '') => `klaviyo://?api_key=${key}&base_url=${sandbox.url}${more}`,
    run: (words, more) => runCli(words, { ...place, ...more }),
    start: (words, more) => startCli(words, { ...place, ...more }),
    files: async () => {
      const names = await readdir(folder)
      const entries = names.map(async (name) => [
        name,
        createHash('sha256')
          .update(await readFile(join(folder, name)).catch(() => 'a folder'))
          .digest('hex'),
      ])
      return Object.fromEntries(await Promise.all(entries)) as Record<string, string>
    },
    make: async (name, sql) => {
      const instance = await DuckDBInstance.create(join(folder, name))
      const connection = await instance.connect()
      await connection.run(sql)
      connection.closeSync()
      instance.closeSync()
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
      await rm(stateFolder, { recursive: true, force: true })
    },
  }
}

export type Refusal = Readonly<{ code: number; says: string | RegExp }>

/** Holds a result to the manners of a refusal: the exit code, one clear line, and no trace, key or password. */
export function expectRefusal({ code, stderr, stdout }: CliResult, refusal: Refusal): void {
  const lines = stderr.trimEnd().split('\n')
  const sentence = lines.at(-1) ?? ''
  expect(sentence).toMatch(
    typeof refusal.says === 'string' ? new RegExp(escapeForRegExp(refusal.says)) : refusal.says,
  )
  expect(sentence).toMatch(/^.{20,400}[.?]$/)
  expect(lines.filter((line) => line === sentence)).toHaveLength(1)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr + stdout).not.toMatch(/\bpk_\w|secret/)
  expect(stdout).toBe('')
  expect(code).toBe(refusal.code)
}

const escapeForRegExp = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
