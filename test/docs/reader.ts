import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Place } from '../conformance/claims.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { root } from './pages.ts'

const FILL = `sluice ingest --source-uri klaviyo:// --source-table '*' \\
  --dest-uri duckdb:///shop.duckdb --dest-table 'klaviyo.*'`

export type Said = Readonly<{ code: number | null; output: string }>

/**
 * Somebody who types what a page says, in an empty folder of their own, with `sluice` on the path. What no page can
 * know is put in the place of what stands for it; docs/contributing.md lists these.
 */
export class Reader implements AsyncDisposable {
  readonly folder: string
  readonly #sandbox: Sandbox
  readonly #postgres: Place

  private constructor(folder: string, sandbox: Sandbox, postgres: Place) {
    this.folder = folder
    this.#sandbox = sandbox
    this.#postgres = postgres
  }

  static async sitDown(postgres: Place): Promise<Reader> {
    const sandbox = await startSandbox({ profiles: 300, events: 3_000, limits: 'off' })
    const folder = await mkdtemp(join(tmpdir(), 'sluice-docs-'))
    for (const name of ['bin', 'etc', 'var']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'etc/env'), 'KLAVIYO_API_KEY=pk_test\n')
    // As from a clone, and as from a global install.
    await symlink(join(root, 'dist'), join(folder, 'dist'))
    // An answer that says no is a failure: curl takes it for a success otherwise.
    await writeFile(join(folder, '.curlrc'), 'fail\nsilent\n')
    const program = join(folder, 'bin/sluice')
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'dist/bin.js')}" "$@"\n`)
    await chmod(program, 0o755)
    return new Reader(folder, sandbox, postgres)
  }

  /** What stands for the folder that an unattended run may write to. */
  get var(): string {
    return join(this.folder, 'var')
  }

  /** Whether a text can be run here; else why not. */
  lacks(text: string): string | null {
    if (/postgres(ql)?:\/\//.test(text) && 'unavailable' in this.#postgres) return this.#postgres.unavailable
    return /^curl /m.test(text) && spawnSync('curl', ['--version']).status !== 0
      ? 'no program "curl" here'
      : null
  }

  /** Runs a block of commands to its end; one that starts a sandbox, until that says where it is. */
  async type(text: string): Promise<Said> {
    const isServer = /^(sluice|node dist\/bin\.js) sandbox\b/.test(text)
    const script = isServer ? `exec ${text.trimEnd()} --port 0` : `set -eu\n${this.mine(text)}`
    const child = spawn('bash', ['-c', script], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}`,
        HOME: this.folder,
        KLAVIYO_API_KEY: 'pk_test',
        URL: this.#sandbox.url,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        output += more
        if (isServer && output.includes('is running at')) child.kill('SIGINT')
      })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output }
  }

  /** Rows that each statement brings, asked of the DuckDB file that the page has made, else of a filled one. */
  async ask(sql: string): Promise<readonly Readonly<{ statement: string; rows: number }>[]> {
    if (!existsSync(join(this.folder, 'shop.duckdb'))) {
      const { code, output } = await this.type(FILL)
      if (code !== 0) throw new Error(output)
    }
    const instance = await DuckDBInstance.create(join(this.folder, 'shop.duckdb'), {
      access_mode: 'READ_ONLY',
    })
    const connection = await instance.connect()
    await connection.run(`set file_search_path = '${this.folder}'`)
    try {
      const answers = []
      for (const statement of sql.split(/;\s*$/m).filter((each) => each.trim() !== '')) {
        const reader = await connection.runAndReadAll(statement)
        answers.push({ statement: statement.trim(), rows: reader.currentRowCount })
      }
      return answers
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  /** The text with what stands for something put in. */
  mine(text: string): string {
    const firstId = (type: string): string => {
      const [row = '{}'] = this.#sandbox.truth(type)
      return (JSON.parse(row) as { id: string }).id
    }
    return text
      .replaceAll(/klaviyo:\/\/(?:\?([^'"\s]*))?/g, (_, parameters = '') =>
        // Nothing behind it where nothing was: an "&" would need quotes that the page has not.
        [`klaviyo://?base_url=${this.#sandbox.url}`, ...String(parameters).split('&').filter(Boolean)].join(
          '&',
        ),
      )
      .replaceAll('pk_…', 'pk_test')
      .replaceAll('AbC123', this.#sandbox.shop().accountId)
      .replaceAll(/postgres(ql)?:\/\/[^'"\s]+/g, 'uri' in this.#postgres ? this.#postgres.uri : '')
      .replaceAll('/var/lib/sluice', this.var)
      .replaceAll('/etc/sluice', join(this.folder, 'etc'))
      .replaceAll(
        /"type": "(\w+)", "id": "…"/g,
        (_, type: string) => `"type": "${type}", "id": "${firstId(`${type}s`)}"`,
      )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sandbox.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}
