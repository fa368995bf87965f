import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { inflate } from '../util/inflate.ts'
import { needsMending } from '../util/json-mending.ts'
import { pageFile } from './page-file.ts'

/** `000007_1767225600_1767225600_104233_1104233_1767225612345.json.gz` */
const NAME = /^(\d+)_(-?\d+)_(-?\d+)_(\d+)_(\d+)_(\d+)\.json(\.gz)?$/

/**
 * Gives pages that version 1 landed the names they have today: how many rows they have was not said, nor by which sum
 * a page is told from another. What cannot be read is left under its old name, which is no page's any more.
 */
export async function carryOverPages(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = NAME.exec(name)
    if (match === null) continue
    const [number = 0, coveredFrom = 0, coveredTo = 0, bytes = 0, bodyBytes = 0, receivedAtMs = 0] = match
      .slice(1, 7)
      .map(Number)
    const encoding = match[7] === undefined ? 'identity' : 'gzip'
    const raw = await readFile(join(folder, name))
    if (raw.length !== bytes) continue
    const found = await factsOf(raw, encoding)
    if (found === null) continue
    const sizes = { bytes, bodyBytes, crc32: crc32(raw), ...found }
    const page = { number, coveredFrom, coveredTo, receivedAtMs, encoding, ...sizes } as const
    await rename(join(folder, name), join(folder, pageFile(page)))
  }
}

async function factsOf(
  raw: Buffer,
  encoding: 'identity' | 'gzip',
): Promise<Readonly<{ rows: number; needsMending: boolean }> | null> {
  try {
    const body = encoding === 'gzip' ? await inflate(raw) : raw
    const { data } = JSON.parse(body.toString('utf8')) as { data?: unknown }
    return Array.isArray(data) ? { rows: data.length, needsMending: needsMending(body) } : null
  } catch {
    return null // no page that could be loaded
  }
}
