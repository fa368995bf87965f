import { isUtf8 } from 'node:buffer'
import { statSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { copyTouched } from './errors.ts'
import { inflate } from '../util/inflate.ts'
import type { StageFile } from './engine.ts'
import { findHalves } from './halves.ts'
import type { Half } from './halves.ts'
import { mend } from './mend.ts'
import { UnloadablePage } from './unloadable.ts'

/** A page as DuckDB can read it: the landed file itself, or a copy of it. */
export type Page = Readonly<{
  file: string
  landed: StageFile
  mended: boolean
  stamp: string
  /** What the file ends in: DuckDB looks for it, so that no other copy can be read in its place. */
  tag: string
}>

/** Pages in the order of their receipt. The copies go away with it. */
export class Pages implements AsyncDisposable {
  readonly #directory: string
  #pages: Page[] = []
  readonly #halves: Half[] = []
  /** Lent to one file after the other: a fresh buffer for each costs half as much again, and memory. */
  #buffer = Buffer.alloc(0)

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** `directory` is where copies go, under names that begin with `prefix`. */
  static async prepare(
    files: readonly StageFile[],
    { directory, prefix }: Readonly<{ directory: string; prefix: string }>,
  ): Promise<Pages> {
    const pages = new Pages(directory)
    const ordered = [...files].sort((a, b) => a.receivedAtMs - b.receivedAtMs)
    try {
      for (const [index, landed] of ordered.entries())
        pages.#pages.push(await pages.#prepareOne(landed, `${prefix}-${index}.json`))
    } catch (error) {
      await pages[Symbol.asyncDispose]()
      throw error
    }
    return pages
  }

  get files(): readonly string[] {
    return this.#pages.map(({ file }) => file)
  }

  /** As they landed, in the order of `files`. */
  get landed(): readonly StageFile[] {
    return this.#pages.map(({ landed }) => landed)
  }

  /** What a projection is to read. */
  get sources(): Readonly<{ files: readonly string[]; tags: readonly string[]; mended: boolean }> {
    return { files: this.files, tags: this.#pages.map(({ tag }) => tag), mended: this.mended }
  }

  get mended(): boolean {
    return this.#pages.some(({ mended }) => mended)
  }

  /** Where halves of surrogate pairs were replaced. */
  get halves(): readonly Half[] {
    return this.#halves
  }

  /** The landed file behind what DuckDB was given. */
  originalOf(file: string): string {
    return this.#pages.find((page) => page.file === file)?.landed.file ?? file
  }

  /**
   * Proves that what DuckDB has read meanwhile is what was landed: DuckDB passes over a file that is not there.
   * @throws SluiceError when a file was changed or deleted
   */
  checkUntouched(): void {
    for (const { file, landed, stamp } of this.#pages) {
      const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
      if (stats !== undefined && stampOf(stats) === stamp) continue
      if (file === landed.file) throw new UnloadablePage(file, 'was changed or deleted while it was read')
      throw copyTouched(file)
    }
  }

  /** Rewrites the pages named that DuckDB cannot parse. False when there was none that could be helped. */
  async mendThese(files: readonly string[], prefix: string): Promise<boolean> {
    let helped = false
    for (const [index, page] of this.#pages.entries()) {
      if (!files.includes(page.file) || page.mended) continue
      const copy = join(this.#directory, `${prefix}-again-${index}.json`)
      const written = await writeCopy(copy, Buffer.from(this.#mend(await readFile(page.file, 'utf8'))))
      if (page.file !== page.landed.file) await rm(page.file, { force: true })
      this.#pages[index] = { ...page, file: copy, mended: true, ...written }
      helped = true
    }
    return helped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const copies = this.#pages.filter(({ file, landed }) => file !== landed.file)
    await Promise.all(copies.map(({ file }) => rm(file, { force: true })))
    this.#pages = []
  }

  #mend(body: string): string {
    this.#halves.push(...findHalves(body))
    return mend(body)
  }

  async #prepareOne(landed: StageFile, copyName: string): Promise<Page> {
    const { file, encoding, needsMending: mended } = landed
    const { raw, stamp } = await this.#read(file)
    if (crc32(raw) !== landed.crc32) throw new UnloadablePage(file, 'is not what was received')
    if (!mended && encoding === 'identity') return { file, landed, mended, stamp, tag: '' }
    const body = encoding === 'gzip' ? await inflateOrExplain(raw, file) : raw
    // Decoded, every byte that is none of a character would become U+FFFD without a word.
    if (mended && !isUtf8(body)) throw new UnloadablePage(file, 'is not valid UTF-8')
    const copy = join(this.#directory, copyName)
    const content = mended ? Buffer.from(this.#mend(body.toString('utf8'))) : body
    return { file: copy, landed, mended, ...(await writeCopy(copy, content)) }
  }

  /** The bytes are valid until the next call. */
  async #read(file: string): Promise<Readonly<{ raw: Buffer; stamp: string }>> {
    await using handle = await openLanded(file)
    const stats = await handle.stat({ bigint: true })
    const size = Number(stats.size)
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size)
    let filled = 0
    while (filled < size) {
      const { bytesRead } = await handle.read(this.#buffer, filled, size - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return { raw: this.#buffer.subarray(0, filled), stamp: stampOf(stats) }
  }
}

/** What changes when a file is written to, or another one is put in its place. */
const stampOf = ({ ino, size, ctimeNs }: Readonly<{ ino: bigint; size: bigint; ctimeNs: bigint }>): string =>
  `${ino} ${size} ${ctimeNs}`

let copies = 0

/**
 * The stamp alone would not do: the clock of file systems stands still for some milliseconds, and copies are read that
 * soon. So each ends in a number of its own, spelled in blanks and tabs, which JSON passes over.
 */
async function writeCopy(file: string, body: Buffer): Promise<Pick<Page, 'stamp' | 'tag'>> {
  copies = (copies + 1) % 2 ** 31
  const tag = copies.toString(2).padStart(31, '0').replaceAll('0', ' ').replaceAll('1', '\t')
  await using handle = await open(file, 'w', 0o600)
  await handle.writeFile(body)
  await handle.writeFile(tag)
  return { stamp: stampOf(await handle.stat({ bigint: true })), tag }
}

async function openLanded(file: string): Promise<FileHandle> {
  try {
    return await open(file)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      throw new UnloadablePage(file, 'is not there any more', { cause })
    throw cause
  }
}

async function inflateOrExplain(raw: Buffer, file: string): Promise<Buffer> {
  try {
    return await inflate(raw)
  } catch (cause) {
    throw new UnloadablePage(file, 'is not intact gzip', { cause })
  }
}
