/** What paging needs to know of a response body, the plain way to learn it, and what makes it no page. */
import { printable } from '../http/answer.ts'

/** The few facts that decide what is asked next. */
export type Envelope = Readonly<{
  /** Verbatim; null: the last page. */
  next: string | null
  /** How many resources the page has, exactly. */
  rows: number
  /** The cursor's attribute as text in the first and in the last resource. */
  firstCursor: string | null
  lastCursor: string | null
}>

/** What a page of a table must look like. */
export type EnvelopeShape = Readonly<{
  /** JSON:API resource type of the primary data. */
  type: string
  /** Attribute that is the table's cursor, if it has one. */
  cursorField: string | null
  /** Whether the endpoint pages: then an answer without links is none of its pages. */
  paged: boolean
  /** Whether the table has columns from attributes: then a resource without them is broken. */
  hasAttributes: boolean
}>

/**
 * The body is not a whole page: cut off on the way, no JSON at all, or no list of the table's resources with its
 * links. Asking again may help. The message is a phrase: `an answer that is no page: it has no "links"`.
 */
export class UnreadableBody extends Error {
  override readonly name: string = 'UnreadableBody'
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A resource's value of the cursor. */
export function cursorText(resource: unknown, field: string | null): string | null {
  const attributes = isObject(resource) ? resource['attributes'] : undefined
  if (field === null || !isObject(attributes)) return null
  const value = attributes[field]
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : null
}

/** The facts from a whole parse: right for any spelling of a page, at some 6 ms per MB (measured, Node 20). */
export function readWhole(body: Buffer, shape: EnvelopeShape): Envelope {
  const page = parsePage(body)
  if ('errors' in page) throw noPage(`it has "errors"${firstDetail(page['errors'])}`)
  const { data } = page
  if (!Array.isArray(data)) throw noPage(data === undefined ? 'it has no "data"' : '"data" is no list')
  const resources: readonly unknown[] = data
  for (const [index, resource] of resources.entries()) checkResource(resource, index + 1, shape)
  return {
    next: nextOf(page['links'], shape),
    rows: resources.length,
    firstCursor: cursorText(resources[0], shape.cursorField),
    lastCursor: cursorText(resources.at(-1), shape.cursorField),
  }
}

/** The next link as text; null on the last page. JSON:API allows for an object with `href` in its place. */
export function nextOf(links: unknown, { paged }: Pick<EnvelopeShape, 'paged'>): string | null {
  if (links === undefined && !paged) return null
  if (!isObject(links)) throw noPage(links === undefined ? 'it has no "links"' : '"links" is no object')
  const { next } = links
  if (next === undefined || next === null || next === '') return null
  const href = isObject(next) ? next['href'] : next
  if (typeof href !== 'string' || href === '')
    throw noPage('its link "next" is neither text nor a link object')
  return href
}

function checkResource(resource: unknown, number: number, { type, hasAttributes }: EnvelopeShape): void {
  if (!isObject(resource)) throw noPage(`row ${number} is no object`)
  const { id, attributes } = resource
  if (resource['type'] !== type) {
    const found = typeof resource['type'] === 'string' ? `"${printable(resource['type'])}"` : 'none'
    throw noPage(`row ${number} should have the type "${type}" and has ${found}`)
  }
  if (typeof id !== 'string' || id === '') throw noPage(`row ${number} has no id`)
  if (attributes === undefined ? hasAttributes : !isObject(attributes))
    throw noPage(
      `row ${number} has ${attributes === undefined ? 'no "attributes"' : '"attributes" that are no object'}`,
    )
}

function firstDetail(errors: unknown): string {
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : []
  const detail = isObject(first) ? printable(first['detail']) : ''
  return detail === '' ? '' : ` ("${detail}")`
}

const noPage = (what: string): UnreadableBody => new UnreadableBody(`an answer that is no page: ${what}`)

function parsePage(body: Buffer): JsonObject {
  const page = parsed(body)
  if (!isObject(page)) throw noPage('it is no JSON object')
  return page
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(withoutMark(body).toString('utf8'))
  } catch (cause) {
    throw new UnreadableBody('an answer that is not complete JSON', { cause })
  }
}

/** A byte order mark says nothing, and JSON.parse takes it for a fault. */
export const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body
