import { randomUUID } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { SluiceError } from '../../model/errors.ts'
import type { TableName } from '../../model/names.ts'
import {
  claimName,
  exists,
  filesBelow,
  isCode,
  makeFolder,
  moveOnce,
  namesIn,
  pruneUpTo,
  settle,
  writeDurably,
} from './disk.ts'
import type { Format } from './format.ts'
import { OWN_FOLDER } from './layout.ts'
import { takenOver } from './lease.ts'
import type { Lease } from './lease.ts'
import { emptyManifest, isPublished, NOTHING_TO_PUBLISH, STORE_VERSION } from './manifest.ts'
import type { DataFile, Manifest } from './manifest.ts'

type PreparedManifest = Manifest & Readonly<{ preparedBy: string }>

const PREPARED = 'prepared.json'
const MANIFEST = /^manifest-(\d+)\.json$/
const nameOf = (version: number): string => `manifest-${String(version).padStart(9, '0')}.json`

/**
 * A table on disk. Its manifests are numbered, and a number can be taken once: of two processes that would both make
 * the next one, the second fails. Files that a manifest names lie hidden until it is there, and are then moved to
 * where readers find them: whoever comes after a kill in between goes on with that.
 */
export class TableFolder {
  readonly path: string
  /** What the names of its files end in. */
  readonly extension: string
  readonly #table: TableName
  readonly #format: Pick<Format, 'name' | 'extension'>
  readonly #own: string

  constructor(path: string, table: TableName, format: Pick<Format, 'name' | 'extension'>) {
    this.path = path
    this.#table = table
    this.#format = format
    this.extension = format.extension
    this.#own = join(path, OWN_FOLDER)
  }

  /**
   * The newest manifest; an empty one where there is none.
   * @throws SluiceError when it is of a newer sluice, or of another format.
   */
  async read(): Promise<Manifest> {
    for (;;) {
      const version = newest(await namesIn(this.#own))
      if (version === null) return emptyManifest(this.#format.name, this.#table)
      try {
        return this.#checked(await readFile(join(this.#own, nameOf(version)), 'utf8'))
      } catch (error) {
        // The next one has come meanwhile.
        if (!isCode(error, 'ENOENT')) throw error
      }
    }
  }

  /** Where files are written that no manifest names yet. */
  async incoming(): Promise<string> {
    const folder = join(this.#own, `incoming-${randomUUID()}`)
    await makeFolder(folder)
    return folder
  }

  /** Makes the folder, before somebody takes its lease. */
  async make(): Promise<string> {
    await makeFolder(this.#own)
    return this.#own
  }

  /**
   * Makes `next` the manifest that follows `before`, then brings the files to where it says.
   * @throws SluiceError when somebody else has done so, or holds a lease by now: nothing has happened.
   */
  async commit(
    before: Manifest,
    next: Omit<Manifest, 'version'>,
    leases: readonly Lease[],
  ): Promise<Manifest> {
    const manifest = { ...next, version: before.version + 1 }
    const written = join(this.#own, `manifest-${randomUUID()}.new`)
    await writeDurably(written, textOf(manifest))
    for (const lease of leases) await lease.confirm()
    if (!(await claimName(written, join(this.#own, nameOf(manifest.version))))) {
      await rm(written, { force: true })
      throw takenOver(this.path)
    }
    await settle(this.#own)
    return this.#publish(manifest)
  }

  /**
   * Makes ready what becomes the manifest after `before` by a commit of another table, which names this one in its
   * `join`.
   */
  async prepare(before: Manifest, next: Omit<Manifest, 'version'>, by: TableFolder): Promise<void> {
    const manifest = { ...next, version: before.version + 1, preparedBy: by.from(this) }
    await writeDurably(join(this.#own, PREPARED), textOf(manifest))
    await settle(this.#own)
  }

  /** Its path, as seen from another table. */
  from(other: TableFolder): string {
    return relative(other.path, this.path)
  }

  /** Whether a commit of another table may have changed this one, and nobody has looked. */
  isPrepared(): Promise<boolean> {
    return exists(join(this.#own, PREPARED))
  }

  /** The manifest, after everything is done that was left to be done, by the holder of the lease. */
  async settled(): Promise<Manifest> {
    const prepared = await this.#prepared()
    if (prepared !== null) {
      const by = new TableFolder(join(this.path, prepared.preparedBy), this.#table, this.#format)
      const { toPublish } = await by.read()
      if (toPublish.join.includes(this.from(by))) await this.#adopt()
      else await rm(join(this.#own, PREPARED), { force: true })
    }
    return this.#publish(await this.read())
  }

  async #prepared(): Promise<PreparedManifest | null> {
    if (!(await this.isPrepared())) return null
    return this.#checked(await readFile(join(this.#own, PREPARED), 'utf8')) as PreparedManifest
  }

  async #adopt(): Promise<void> {
    const prepared = await this.#prepared()
    if (prepared !== null) {
      await moveOnce(join(this.#own, PREPARED), join(this.#own, nameOf(prepared.version)))
      await settle(this.#own)
    }
    const manifest = await this.read()
    if (prepared !== null || !isPublished(manifest)) await this.#publish(manifest)
  }

  /** Does what is left to be done for a manifest, and sweeps what no manifest names. */
  async #publish(manifest: Manifest): Promise<Manifest> {
    const { join: joined, remove, move, sweep } = manifest.toPublish
    const changed = new Set<string>()
    for (const path of joined)
      await new TableFolder(join(this.path, path), this.#table, this.#format).#adopt()
    for (const path of remove) {
      await rm(join(this.path, path), { force: true })
      changed.add(dirname(path))
    }
    for (const { from, to } of move) {
      await moveOnce(join(this.path, from), join(this.path, to))
      changed.add(dirname(to))
    }
    for (const folder of changed)
      if (await exists(join(this.path, folder))) await settle(join(this.path, folder))
    for (const folder of sweep) await rm(join(this.path, folder), { recursive: true, force: true })
    for (const folder of changed) await pruneUpTo(join(this.path, folder), this.path)
    const done = { ...manifest, toPublish: NOTHING_TO_PUBLISH }
    if (!isPublished(manifest)) {
      const written = join(this.#own, `manifest-${randomUUID()}.new`)
      await writeDurably(written, textOf(done))
      await rename(written, join(this.#own, nameOf(manifest.version)))
    }
    await this.#sweep(manifest.version)
    return done
  }

  /** What readers of the folder would take for rows of the table, and what they would miss. */
  async strangers(manifest: Manifest): Promise<Readonly<{ unknown: string[]; missing: string[] }>> {
    const there = new Set((await exists(this.path)) ? await filesBelow(this.path) : [])
    const known = new Set(manifest.files.map(({ path }) => path))
    return {
      unknown: [...there].filter((path) => path.endsWith(this.extension) && !known.has(path)),
      missing: [...known].filter((path) => !there.has(path)),
    }
  }

  /** Of files those that are there: one that somebody has removed is replaced by reading the table anew. */
  async present(files: readonly DataFile[]): Promise<readonly DataFile[]> {
    const there = await Promise.all(files.map(({ path }) => exists(join(this.path, path))))
    return files.filter((_, index) => there[index])
  }

  async #sweep(version: number): Promise<void> {
    for (const name of await namesIn(this.#own)) {
      const old = MANIFEST.exec(name)
      const isOld = old !== null && Number(old[1]) < version
      if (isOld || /^(incoming-|lease\.json\.)/.test(name) || name.endsWith('.new'))
        await rm(join(this.#own, name), { recursive: true, force: true })
    }
  }

  #checked(text: string): Manifest {
    const manifest = this.#parsed(text)
    if (manifest.storeVersion > STORE_VERSION)
      throw new SluiceError(
        'newer-destination',
        `"${this.path}" was written by a newer version of sluice. Update sluice and run the same command again.`,
      )
    if (manifest.format !== this.#format.name)
      throw new SluiceError(
        'occupied-table',
        `"${this.path}" is a table of ${manifest.format} files, so no ${this.#format.name} files can go there. Write "${manifest.format}:///…", or choose another folder.`,
      )
    return manifest
  }

  #parsed(text: string): Manifest {
    try {
      const { accounts = [], ...manifest } = JSON.parse(text) as Omit<Manifest, 'accounts'> &
        Partial<Manifest>
      return { ...manifest, accounts }
    } catch (cause) {
      throw new SluiceError(
        'unopenable-file',
        `The manifest in "${this.#own}" cannot be read. Restore it from a backup, or remove "${this.path}" to start over.`,
        { cause },
      )
    }
  }
}

function newest(names: readonly string[]): number | null {
  const versions = names.flatMap((name) => {
    const match = MANIFEST.exec(name)
    return match === null ? [] : [Number(match[1])]
  })
  return versions.length === 0 ? null : Math.max(...versions)
}

const textOf = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`
