import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SluiceError } from '../model/errors.ts'
import { inflate } from '../util/inflate.ts'
import type { StageFile } from './engine.ts'
import { losesDigits, mend } from './mend.ts'

/** A page as DuckDB can read it: the landed file itself, or a copy of it. */
export type Page = Readonly<{ file: string; original: string; mended: boolean; keep: StageFile['keep'] }>

/** Pages in the order of their receipt. The copies go away with it. */
export class Pages implements AsyncDisposable {
  readonly #directory: string
  #pages: Page[] = []
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

  /** Which of their rows count, in the order of `files`. */
  get keeps(): readonly StageFile['keep'][] {
    return this.#pages.map(({ keep }) => keep)
  }

  get mended(): boolean {
    return this.#pages.some(({ mended }) => mended)
  }

  /** Name of the landed file behind what DuckDB was given. */
  originalOf(file: string): string {
    return basename(this.#pages.find((page) => page.file === file)?.original ?? file)
  }

  /** Rewrites the pages named that DuckDB cannot parse. False when there was none that could be helped. */
  async mendThese(files: readonly string[], prefix: string): Promise<boolean> {
    let helped = false
    for (const [index, page] of this.#pages.entries()) {
      if (!files.includes(page.file) || page.mended) continue
      const copy = join(this.#directory, `${prefix}-again-${index}.json`)
      await writeFile(copy, mend(await readFile(page.file, 'utf8')))
      if (page.file !== page.original) await rm(page.file, { force: true })
      this.#pages[index] = { ...page, file: copy, mended: true }
      helped = true
    }
    return helped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const copies = this.#pages.filter(({ file, original }) => file !== original)
    await Promise.all(copies.map(({ file }) => rm(file, { force: true })))
    this.#pages = []
  }

  async #prepareOne({ file, encoding, keep }: StageFile, copyName: string): Promise<Page> {
    const raw = await this.#read(file)
    const body = encoding === 'gzip' ? await inflateOrExplain(raw, file) : raw
    const mended = losesDigits(body)
    if (!mended && encoding === 'identity') return { file, original: file, mended, keep }
    const copy = join(this.#directory, copyName)
    await writeFile(copy, mended ? mend(body.toString('utf8')) : body)
    return { file: copy, original: file, mended, keep }
  }

  /** Valid until the next call. */
  async #read(file: string): Promise<Buffer> {
    await using handle = await open(file)
    const { size } = await handle.stat()
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size)
    let filled = 0
    while (filled < size) {
      const { bytesRead } = await handle.read(this.#buffer, filled, size - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return this.#buffer.subarray(0, filled)
  }
}

async function inflateOrExplain(raw: Buffer, file: string): Promise<Buffer> {
  try {
    return await inflate(raw)
  } catch (cause) {
    throw new SluiceError(
      'unusable-answer',
      `The landed page "${basename(file)}" is not intact gzip. Run the same command again: what is missing is read anew.`,
      { cause },
    )
  }
}
