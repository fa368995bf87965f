import { hash2, hashText, type Random } from './random.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const HEX = '0123456789abcdef'

const letters = (random: Random, alphabet: string, length: number): string => {
  let text = ''
  for (let i = 0; i < length; i++) text += alphabet.charAt(random.below(alphabet.length))
  return text
}

/** Six characters of mixed case: lists, segments, metrics, flows, templates, forms, accounts. */
export const shortId = (random: Random): string => letters(random, BASE62, 6)

/** 26 characters; the first ten tell the moment, as in every ULID. */
export const ulid = (random: Random, atMs: number): string => ulidTime(atMs) + letters(random, CROCKFORD, 16)

const ulidTime = (atMs: number): string => {
  let text = ''
  for (let left = Math.floor(atMs), i = 0; i < 10; i++, left = Math.floor(left / 32)) {
    text = CROCKFORD.charAt(left % 32) + text
  }
  return text
}

export const hexId = (random: Random, length: number): string => letters(random, HEX, length)

/** A random UUID: tags, tag groups, import errors, ingestion logs. */
export const uuid = (random: Random): string => {
  const hex = (length: number): string => letters(random, HEX, length)
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${letters(random, '89ab', 1)}${hex(3)}-${hex(12)}`
}

/** The opaque text that names a bulk job: base64url of company, two tokens and a moment. */
export const jobId = (random: Random, accountId: string, atS: number): string =>
  Buffer.from(
    `${accountId}_maintenance.${letters(random, BASE62, 8)}.${atS}.${letters(random, BASE62, 6)}`,
  ).toString('base64url')

/** Gives ids that no one had before. */
export const unique = (make: () => string): (() => string) => {
  const seen = new Set<string>()
  return () => {
    for (;;) {
      const id = make()
      if (seen.has(id)) continue
      seen.add(id)
      return id
    }
  }
}

/** A UUID that a text alone decides: for resources that are made when asked for. */
export const uuidOf = (text: string): string => {
  const seed = hashText(text)
  const hex = [0, 1, 2, 3].map((i) => hash2(seed, i).toString(16).padStart(8, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
