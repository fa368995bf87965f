import { SluiceError } from '../../model/errors.ts'
import { KLAVIYO_ORIGIN } from '../http/target.ts'

/** Where a `next` link leads, and from where. */
export type NextLink = Readonly<{
  next: string
  /** The origin that is configured. */
  origin: string
  /** Path that was asked. */
  path: string
  table: string
}>

/**
 * The query of a `next` link, as it came. Links name Klaviyo's own host also where a sandbox serves them, so only
 * path and query are followed, on the configured origin. Any other host is refused: following it would carry the
 * key there.
 */
export function nextQuery({ next, origin, path, table }: NextLink): string {
  const url = URL.canParse(next, origin) ? new URL(next, origin) : null
  if (url === null || (url.origin !== origin && url.origin !== KLAVIYO_ORIGIN)) {
    const host = url === null ? 'no address' : `host "${url.host}"`
    throw refused(table, `leads to ${host}, which is not Klaviyo's; it was not followed`)
  }
  if (trimmed(url.pathname) !== trimmed(path)) {
    throw refused(table, `leads away from "${path}" to "${url.pathname}"; it was not followed`)
  }
  return url.search.slice(1)
}

/**
 * An empty page may lead to itself, which asks for the same rows once more: whoever sends it was not ready. Beyond
 * this many times in a row it is a circle like any other.
 */
const MOST_EMPTY = 10

/**
 * Tells when links go round in a circle: each is compared with one that was kept, and ever rarer another one is
 * kept, so that a circle of any length is noticed with a single link in memory.
 */
export class CircleGuard {
  readonly #table: string
  #kept: string
  #last: string
  #empty = 0
  #since = 0
  #patience = 1

  constructor(table: string, first: string) {
    this.#table = table
    this.#kept = canonical(first)
    this.#last = this.#kept
  }

  /** @param isEmpty whether the page that the link is from had no rows */
  check(query: string, isEmpty = false): void {
    const text = canonical(query)
    this.#empty = isEmpty && text === this.#last ? this.#empty + 1 : 0
    this.#last = text
    if (this.#empty > MOST_EMPTY) throw refused(this.#table, 'has led from an empty page to itself too often')
    if (this.#empty > 0) return
    if (text === this.#kept) throw refused(this.#table, 'leads back to a page that was read before')
    this.#since += 1
    if (this.#since < this.#patience) return
    this.#kept = text
    this.#since = 0
    this.#patience *= 2
  }
}

const refused = (table: string, what: string): SluiceError =>
  new SluiceError(
    'unusable-answer',
    `A next link of table "${table}" ${what}. What was loaded is kept; run the same command again, and tell Klaviyo if it stays so.`,
  )

const trimmed = (path: string): string => path.replace(/\/$/, '')

/** One text for the same parameters, in whatever order and encoding they come. */
function canonical(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => JSON.stringify([name, value]))
  return pairs.sort().join()
}
