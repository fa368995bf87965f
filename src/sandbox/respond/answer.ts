import { type Position, writeCursor } from '../cursor.ts'
import { notFound, badInput, Refusal } from '../errors.ts'
import { hiddenByDefault } from '../filter/rules.ts'
import type { Query } from '../query.ts'
import type { Route } from '../routes.ts'
import type { Slot } from '../store/collection.ts'
import { relatedRows } from '../store/related.ts'
import type { Row } from '../store/row.ts'
import type { Store } from '../store/store.ts'
import type { BodyWriter } from './body.ts'
import { formatFor, type AnswerSettings } from './format.ts'
import { pageOf, pageOfRows } from './page.ts'
import { identifierText, resourceText } from './resource.ts'

/** One request, checked. */
export type Reading = Readonly<{
  route: Route
  query: Query
  revision: string
  /** As requested, without a slash at the end. */
  path: string
  parameters: URLSearchParams
  store: Store
  nowMs: number
  settings: AnswerSettings
  writer: BodyWriter
}>

/** The body of a successful answer, and how many rows it has. */
export type Document = Readonly<{ body: Buffer; rows: number }>

/** Answers a list, a single resource or a relationship; throws a refusal where there is nothing of that name. */
export function answer(reading: Reading): Document {
  const { route } = reading
  if (route.id === null) return list(reading)
  const parent = parentOf(reading)
  if (route.relation === null) return single(reading, parent)
  const rows = relatedRows(
    reading.store,
    parent,
    { name: route.relation, type: route.operation.type },
    reading.nowMs,
  )
  if (route.operation.many) return related(reading, rows, parent.type)
  const [row] = rows
  if (route.operation.idsOnly) {
    return document(reading, row === undefined ? 'null' : identifierText(row.type, row.id), [], 1)
  }
  if (row === undefined)
    throw new Refusal([notFound(`${route.relation} of ${parent.type} ${parent.id} not found.`)])
  return single(reading, row)
}

function parentOf({ route, store, nowMs }: Reading): Row {
  const type = route.relation === null ? route.operation.type : (route.parentType ?? route.operation.type)
  const id = route.id ?? ''
  // These endpoints answer 400, not 404, to an id that cannot be one (recorded).
  const malformed: Readonly<Record<string, RegExp>> = { event: /^[A-Za-z0-9_-]{7,}$/, coupon: /^[0-9_A-z]+$/ }
  if (malformed[type]?.test(id) === false) {
    throw new Refusal([badInput('/data/', `Invalid ${capitalised(type)} ID: '${id}'`)])
  }
  const row = store.collection(type).get(id, nowMs)
  if (row === null) throw new Refusal([notFound(`${capitalised(type)} with id ${id} not found.`)])
  return row
}

const capitalised = (type: string): string => type.charAt(0).toUpperCase() + type.slice(1)

function list(reading: Reading): Document {
  const { route, query, store, nowMs } = reading
  const { operation } = route
  const collection = store.collection(operation.type)
  const conditions = [
    ...query.conditions,
    ...hiddenByDefault(operation, query.conditions),
    ...unresolved(reading),
  ]
  const page = pageOf(collection, operation.type, query, conditions, nowMs)
  return collected(reading, page.rows, (slot) => collection.row(slot), page)
}

/** Events whose metric cannot be resolved any more came only from 2026-07-15 on. */
const unresolved = ({ route, revision }: Reading): Query['conditions'] =>
  route.operation.type === 'event' && revision < '2026-07-15'
    ? [{ field: 'metric', operator: 'has', type: 'none', values: [] }]
    : []

function related(reading: Reading, rows: readonly Row[], parentType: string): Document {
  const { route, query } = reading
  const { type } = route.operation
  const isGroup = type === 'profile' && (parentType === 'list' || parentType === 'segment')
  const page = pageOfRows(rows, type, isGroup, query)
  if (route.operation.idsOnly) {
    const ids = page.rows.map((row) => identifierText(row.type, row.id))
    return document(reading, `[${ids.join(',')}]`, [], ids.length, page)
  }
  const format = formatFor(route.operation.shape, query, query.includes, reading.revision, reading.settings)
  const texts = page.rows.map((row) => resourceText(row, format))
  return document(reading, `[${texts.join(',')}]`, included(reading, page.rows), texts.length, page)
}

function single(reading: Reading, row: Row): Document {
  const { route, query, revision, settings } = reading
  const format = formatFor(route.operation.shape, query, query.includes, revision, settings)
  return document(reading, resourceText(row, format), included(reading, [row]), 1)
}

type Places = Readonly<{ next: Position | null; prev: Position | null }>

function collected(
  reading: Reading,
  slots: readonly Slot[],
  rowOf: (slot: Slot) => Row,
  places: Places,
): Document {
  const { route, query, revision, store, settings, writer } = reading
  const { operation } = route
  const format = formatFor(operation.shape, query, query.includes, revision, settings)
  // The shop writes an event exactly as `resourceText` would, as long as nothing special is asked for.
  const isPlainEvent =
    operation.type === 'event' &&
    format.fields === null &&
    !format.blankDates &&
    !query.includes.includes('attributions') &&
    Object.keys(format.extra).length === 0
  const events = isPlainEvent ? { source: store.shop.events, linkOrigin: settings.linkOrigin } : null
  writer.start()
  writer.text('{"data":[')
  writer.list(slots, events, (slot) => resourceText(rowOf(slot), format))
  writer.text(']')
  if (query.includes.length > 0) writer.text(`,"included":[${included(reading, slots.map(rowOf)).join(',')}]`)
  writer.text(`,"links":${linksText(reading, places)}}`)
  return { body: writer.finish(), rows: slots.length }
}

function document(
  reading: Reading,
  data: string,
  includedTexts: readonly string[],
  rows: number,
  places: Places = { next: null, prev: null },
): Document {
  const part = reading.query.includes.length > 0 ? `,"included":[${includedTexts.join(',')}]` : ''
  return { body: Buffer.from(`{"data":${data}${part},"links":${linksText(reading, places)}}`), rows }
}

/** Every related row once, in the order in which the page first meets it. */
function included(reading: Reading, rows: readonly Row[]): readonly string[] {
  const { route, query, revision, store, nowMs, settings } = reading
  const { operation } = route
  const found = new Map<string, string>()
  for (const row of rows) {
    for (const name of query.includes) {
      const type = operation.shape.relationships[name]?.type
      const shape = operation.included.find((each) => each.type === type)
      if (type === undefined || shape === undefined) continue
      const format = formatFor(shape, query, [], revision, settings)
      for (const other of relatedRows(store, row, { name, type }, nowMs)) {
        const key = `${type} ${other.id}`
        if (!found.has(key)) found.set(key, resourceText(other, format))
      }
    }
  }
  return [...found.values()]
}

/** Links repeat all parameters; a list that pages says explicitly that there is no further page. */
function linksText({ route, query, path, parameters, settings }: Reading, { next, prev }: Places): string {
  const link = (position: Position | null): string | null => {
    if (position === null) return null
    const repeated = new URLSearchParams(parameters)
    repeated.delete('page[cursor]')
    repeated.append('page[cursor]', writeCursor(position, query.tie))
    return `${settings.linkOrigin}${path}?${repeated.toString()}`
  }
  const asked = parameters.toString()
  const self = `${settings.linkOrigin}${path}${asked === '' ? '' : `?${asked}`}`
  if (route.operation.paging === null) return JSON.stringify({ self })
  return JSON.stringify({ self, next: link(next), prev: link(prev) })
}
