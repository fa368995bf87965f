import type { LandedFile } from '../model/landed.ts'

/** What the name of a page file says. */
export type PageName = Omit<LandedFile, 'file'> &
  Readonly<{
    number: number
    coveredFrom: number
    coveredTo: number
    bytes: number
    /** Of the body inflated, which is what the engine has to take. */
    bodyBytes: number
  }>

/** `000007_1767225600_1767225600_104233_1104233_200_9ae0daaf_1767225612345.json.gz`; `.mend.json`: needs mending. */
export function pageFile(page: PageName): string {
  const { number, coveredFrom, coveredTo, bytes, bodyBytes, rows, crc32, receivedAtMs } = page
  const words = [
    String(number).padStart(6, '0'),
    coveredFrom,
    coveredTo,
    bytes,
    bodyBytes,
    rows,
    crc32.toString(16).padStart(8, '0'),
    receivedAtMs,
  ]
  return `${words.join('_')}${page.needsMending ? '.mend' : ''}.json${page.encoding === 'gzip' ? '.gz' : ''}`
}

const NAME = /^(\d+)_(-?\d+)_(-?\d+)_(\d+)_(\d+)_(\d+)_([0-9a-f]{8})_(\d+)(\.mend)?\.json(\.gz)?$/

/** Null: not a page, or one of a version that said less about it. */
export function parsePageFile(name: string): PageName | null {
  const match = NAME.exec(name)
  if (match === null) return null
  const [, number, coveredFrom, coveredTo, bytes, bodyBytes, rows, crc32, receivedAtMs, mend, gz] = match
  return {
    number: Number(number),
    coveredFrom: Number(coveredFrom),
    coveredTo: Number(coveredTo),
    bytes: Number(bytes),
    bodyBytes: Number(bodyBytes),
    rows: Number(rows),
    crc32: Number.parseInt(crc32 ?? '', 16),
    receivedAtMs: Number(receivedAtMs),
    needsMending: mend !== undefined,
    encoding: gz === undefined ? 'identity' : 'gzip',
  }
}
