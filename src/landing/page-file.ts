import type { LandedFile } from '../model/landed.ts'

/** What the name of a page file says. */
export type PageName = Readonly<{
  number: number
  coveredFrom: number
  coveredTo: number
  bytes: number
  /** Of the body inflated, which is what the engine has to take. */
  bodyBytes: number
  receivedAtMs: number
  encoding: LandedFile['encoding']
}>

/** `000007_1767225600_1767225600_104233_1104233_1767225612345.json.gz` */
export const pageFile = ({
  number,
  coveredFrom,
  coveredTo,
  bytes,
  bodyBytes,
  receivedAtMs,
  encoding,
}: PageName): string =>
  `${String(number).padStart(6, '0')}_${coveredFrom}_${coveredTo}_${bytes}_${bodyBytes}_${receivedAtMs}.json${encoding === 'gzip' ? '.gz' : ''}`

/** Null: not a page. */
export function parsePageFile(name: string): PageName | null {
  const match = /^(\d+)_(-?\d+)_(-?\d+)_(\d+)_(\d+)_(\d+)\.json(\.gz)?$/.exec(name)
  if (match === null) return null
  const [, number, coveredFrom, coveredTo, bytes, bodyBytes, receivedAtMs, gz] = match
  return {
    number: Number(number),
    coveredFrom: Number(coveredFrom),
    coveredTo: Number(coveredTo),
    bytes: Number(bytes),
    bodyBytes: Number(bodyBytes),
    receivedAtMs: Number(receivedAtMs),
    encoding: gz === undefined ? 'identity' : 'gzip',
  }
}
