/**
 * Response bodies on disk, exactly as received, until the destination has them.
 *
 * The folder is the state. `<root>/<table folder>/<window folder>/` holds a `window.json` (what was asked for)
 * and one file a page; see `PageName` for what its name says. Its size is among that, so what a crash cut short is
 * known, and everything else can be loaded without asking Klaviyo again. Bodies hold personal data: folders are
 * 0700, files 0600.
 */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { LandedFile } from '../model/landed.ts'
import { quarantineOf } from './abandoned.ts'
import { diskFault } from './disk-fault.ts'
import { onAbort } from '../util/abort.ts'
import { pageFile, parsePageFile } from './page-file.ts'
import type { PageName } from './page-file.ts'
import { carryOverPages } from './pages-of-version-1.ts'
import { makePrivateFolder } from './private-folder.ts'

/** What a window folder holds pages of. */
export type WindowRecord = Readonly<{
  pass: string
  /** First second asked for. */
  from: number
  /** Rows from here on were not asked for; null: no end. */
  keepTo: number | null
  /** Start of the run that asked, epoch seconds. */
  runStartedAt: number
  /** Fingerprint of the query; pages that were asked for differently are not replayed. */
  shape: string
}>

/** A page on disk, and what is complete once it and all pages before it in its window are loaded. */
export type LandedPage = LandedFile & PageName

export type Leftover = Readonly<{ record: WindowRecord; pages: readonly LandedPage[]; folder: string }>

/** One window's folder, open for appending. */
export type WindowLanding = Readonly<{
  append: (page: {
    raw: Buffer
    /** Of the body inflated. */
    bodyBytes: number
    rows: number
    needsMending: boolean
    encoding: LandedFile['encoding']
    receivedAtMs: number
    coveredFrom: number
    coveredTo: number
  }) => Promise<LandedPage>
  close: () => Promise<void>
}>

export class Landing {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #onFreed = new Set<() => void>()
  #bytes = 0
  #opened = 0

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  /**
   * @param folder the table's own folder; made private if it is not there
   * @param maxBytes once this much waits for the loader, `room` waits too
   */
  static async open(folder: string, maxBytes: number): Promise<Landing> {
    try {
      await makePrivateFolder(folder)
    } catch (error) {
      throw diskFault(error, folder)
    }
    return new Landing(folder, maxBytes)
  }

  /** Deletes what is landed for a table and will not be loaded, whoever left it. */
  static discard(folder: string): Promise<void> {
    return rm(folder, { recursive: true, force: true })
  }

  /** Bytes landed and not yet removed. */
  get bytes(): number {
    return this.#bytes
  }

  get hasRoom(): boolean {
    return this.#bytes < this.#maxBytes
  }

  /** Resolves when another page may be asked for. */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.hasRoom) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        let listening: Disposable | undefined
        const go = (): void => {
          this.#onFreed.delete(go)
          listening?.[Symbol.dispose]()
          resolve()
        }
        this.#onFreed.add(go)
        listening = onAbort(signal, go)
      })
    }
    signal.throwIfAborted()
  }

  /** Opens a folder for a window's pages. Numbers go on after those that a leftover already has. */
  async begin(record: WindowRecord): Promise<WindowLanding> {
    const folder = join(this.#folder, `${record.runStartedAt}-${process.pid}-${this.#opened++}`)
    try {
      await makePrivateFolder(folder)
      await writeFile(join(folder, 'window.json'), JSON.stringify(record), { mode: 0o600 })
    } catch (error) {
      throw diskFault(error, folder)
    }
    let number = 0
    return {
      append: async ({
        raw,
        bodyBytes,
        rows,
        needsMending,
        encoding,
        receivedAtMs,
        coveredFrom,
        coveredTo,
      }) => {
        const bytes = raw.length
        const sizes = { bytes, bodyBytes, rows, needsMending, crc32: crc32(raw) }
        const page = { number: ++number, coveredFrom, coveredTo, ...sizes, receivedAtMs, encoding }
        const file = join(folder, pageFile(page))
        try {
          // The name says the size: what a kill cuts short is known by it.
          await writeFile(file, raw, { mode: 0o600 })
        } catch (error) {
          await rm(file, { force: true })
          throw diskFault(error, this.#folder)
        }
        this.#bytes += raw.length
        return { ...page, file }
      },
      close: () => removeIfDrained(folder),
    }
  }

  /** What an earlier run left behind, whole pages in order, oldest folder first. */
  async leftovers(): Promise<readonly Leftover[]> {
    const names = (await readdir(this.#folder, { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    )
    const found = await Promise.all(names.map((entry) => readLeftover(join(this.#folder, entry.name))))
    const leftovers = found.filter((leftover) => leftover !== null)
    for (const { pages } of leftovers) this.#bytes += sum(pages)
    return leftovers.sort((a, b) => a.record.runStartedAt - b.record.runStartedAt)
  }

  /** Deletes pages that the destination has. */
  async remove(pages: readonly LandedPage[]): Promise<void> {
    await Promise.all(pages.map((page) => rm(page.file, { force: true })))
    this.#bytes -= sum(pages)
    for (const go of this.#onFreed) go()
  }

  /**
   * Moves a page that cannot be loaded out of the way of later runs. It is kept for a while beside the landing, where
   * somebody may look at it.
   * @returns the folder that it is in now
   */
  async setAside(file: string): Promise<string> {
    const folder = join(quarantineOf(dirname(this.#folder)), basename(this.#folder))
    try {
      await makePrivateFolder(folder)
      await rename(file, join(folder, `${basename(dirname(file))}-${basename(file)}`))
    } catch {
      // What can be neither moved nor read is of no use to anybody.
      await rm(file, { force: true })
    }
    return folder
  }

  /** Deletes a leftover altogether. */
  async discard(leftover: Leftover): Promise<void> {
    await rm(leftover.folder, { recursive: true, force: true })
    this.#bytes -= sum(leftover.pages)
    for (const go of this.#onFreed) go()
  }

  /** Deletes the table's folder when nothing in it is waiting. */
  async close(): Promise<void> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => [])
    for (const entry of entries)
      if (entry.isDirectory()) await removeIfDrained(join(this.#folder, entry.name))
    if ((await readdir(this.#folder).catch(() => ['?'])).length === 0)
      await rm(this.#folder, { recursive: true, force: true })
  }
}

const sum = (pages: readonly LandedPage[]): number => pages.reduce((total, page) => total + page.bytes, 0)

async function removeIfDrained(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  if (names.every((name) => parsePageFile(name) === null)) await rm(folder, { recursive: true, force: true })
}

async function readLeftover(folder: string): Promise<Leftover | null> {
  await carryOverPages(folder)
  const names = await readdir(folder)
  const record = parseRecord(await readFile(join(folder, 'window.json'), 'utf8').catch(() => ''))
  if (record === null) {
    await rm(folder, { recursive: true, force: true })
    return null
  }
  const pages: LandedPage[] = []
  for (const page of names
    .map(parsePageFile)
    .filter((parsed) => parsed !== null)
    .sort((a, b) => a.number - b.number)) {
    const file = join(folder, pageFile(page))
    // A machine that lost power may keep a name whose bytes never reached the disk.
    if ((await stat(file)).size !== page.bytes) break
    pages.push({ ...page, file })
  }
  return { record, pages, folder }
}

/** Null: killed before the first page; there is nothing to replay. */
function parseRecord(text: string): WindowRecord | null {
  try {
    return JSON.parse(text) as WindowRecord
  } catch {
    return null
  }
}
