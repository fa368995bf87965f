import { crc32 } from 'node:zlib'
import type { LandedFile } from '../model/landed.ts'
import { inflate } from '../util/inflate.ts'
import { losesDigits } from '../util/loses-digits.ts'

/** What is found out about a body before it lands: counted here and not by text that user data may hold too. */
export async function factsOf(
  raw: Buffer,
  encoding: LandedFile['encoding'],
): Promise<Pick<LandedFile, 'rows' | 'needsMending' | 'crc32'>> {
  const body = encoding === 'gzip' ? await inflate(raw) : raw
  return { rows: countRows(body), needsMending: losesDigits(body), crc32: crc32(raw) }
}

/** What is no JSON has no rows here, and is refused by the engine. */
function countRows(body: Buffer): number {
  try {
    const { data } = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as { data?: unknown }
    return Array.isArray(data) ? data.length : 0
  } catch {
    return 0
  }
}
