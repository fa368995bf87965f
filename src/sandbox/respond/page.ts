import { BEGINNING, compareKeys, type Key, type Position } from '../cursor.ts'
import { type Checked, secondsAllowed } from '../filter/check.ts'
import { matches } from '../filter/match.ts'
import type { Query } from '../query.ts'
import type { Collection, Slot } from '../store/collection.ts'
import { keyOf } from '../store/key.ts'
import type { Row } from '../store/row.ts'

const MICROS = 1_000_000

/** One page of a list, and the places before and after it; null where there is nothing more. */
export type Page<T> = Readonly<{ rows: readonly T[]; next: Position | null; prev: Position | null }>

type Order = Readonly<{ field: string; descending: boolean }>

/** The order of a list that was asked for without one. Events come newest first. */
const defaultOrder = (type: string, isGroup: boolean): Order => {
  if (type === 'event') return { field: 'datetime', descending: true }
  return { field: isGroup ? 'joined_group_at' : 'id', descending: false }
}

/** A page of a whole collection. */
export function pageOf(
  collection: Collection,
  type: string,
  query: Query,
  asked: readonly Checked[],
  nowMs: number,
): Page<Slot> {
  const order = inEventTime(type, query.sort ?? defaultOrder(type, false))
  const conditions = asked.map((condition) => inEventTime(type, condition))
  const backward = query.position?.forward === false
  const { low, high } = keyBounds(conditions, order.field)
  const slots = collection.scan({
    field: order.field,
    descending: order.descending !== backward,
    after: query.position,
    low,
    high,
    nowMs,
  })
  // Events lie at whole seconds, so bounds on their time are exact already and nothing is left to ask of a row.
  const remaining = type === 'event' ? conditions.filter(({ field }) => field !== order.field) : conditions
  const accept = (slot: Slot): boolean => {
    if (remaining.length === 0) return true
    const row = collection.row(slot)
    return remaining.every((condition) => matches(condition, row.value(condition.field)))
  }
  const keyAt = (slot: Slot): Key => keyOf(collection.row(slot).value(order.field))
  return cut(filtered(slots, accept), query, keyAt, (slot) => collection.row(slot).id)
}

/** `timestamp` is `datetime` in epoch seconds; as one field they share an order and its bounds. */
function inEventTime<T extends Readonly<{ field: string }>>(type: string, part: T): T {
  if (type !== 'event' || part.field !== 'timestamp') return part
  const { values } = part as { values?: readonly unknown[] }
  return {
    ...part,
    field: 'datetime',
    ...(values === undefined
      ? {}
      : { type: 'date-time', values: values.map((at) => Math.floor(Number(at))) }),
  }
}

/** A page of rows that were gathered for this request: members of a list, tags of a campaign. */
export function pageOfRows(rows: readonly Row[], type: string, isGroup: boolean, query: Query): Page<Row> {
  const order = query.sort ?? defaultOrder(type, isGroup)
  const { position } = query
  const backward = position?.forward === false
  const sign = order.descending === backward ? 1 : -1
  const place = (row: Row): Key => keyOf(row.value(order.field))
  const compare = (a: Readonly<{ key: Key; id: string }>, b: Readonly<{ key: Key; id: string }>): number =>
    (compareKeys(a.key, b.key) || compareKeys(a.id, b.id)) * sign
  const ordered = rows
    .filter((row) => query.conditions.every((condition) => matches(condition, row.value(condition.field))))
    .map((row) => ({ row, key: place(row), id: row.id }))
    .filter((placed) => position === null || compare(placed, position) > 0)
    .sort(compare)
    .map(({ row }) => row)
  return cut(ordered, query, place, (row) => row.id)
}

function cut<T>(
  found: Iterable<T>,
  { size, position }: Query,
  keyAt: (row: T) => Key,
  idOf: (row: T) => string,
): Page<T> {
  const rows: T[] = []
  let more = false
  for (const row of found) {
    more = rows.length === size
    if (more) break
    rows.push(row)
  }
  const backward = position?.forward === false
  if (backward) rows.reverse()
  const at = (row: T | undefined, forward: boolean): Position | null =>
    row === undefined ? null : { key: keyAt(row), id: idOf(row), forward }
  // A page cut to nothing by a fault goes on from where it began.
  if (size === 0 && more) return { rows, next: position ?? BEGINNING, prev: null }
  const hasNext = backward || more
  const hasPrev = position !== null && (!backward || more)
  return {
    rows,
    next: hasNext ? at(rows.at(-1), true) : null,
    prev: hasPrev ? at(rows[0], false) : null,
  }
}

function* filtered<T>(rows: Iterable<T>, accept: (row: T) => boolean): Generator<T> {
  for (const row of rows) if (accept(row)) yield row
}

/** Bounds of the sort key that the filter implies, both inclusive; fractions of the last second are within. */
function keyBounds(conditions: readonly Checked[], field: string): Readonly<{ low: Key; high: Key }> {
  const bounds = conditions.filter((condition) => condition.field === field && condition.type === 'date-time')
  // A stored fraction can lie past an exclusive bound's second, except for events, which have none.
  const { first, last } = secondsAllowed(
    field === 'datetime'
      ? bounds
      : bounds.map(({ operator, values }) => ({ operator: operator.replace('-than', '-or-equal'), values })),
  )
  return {
    low: Number.isFinite(first) ? first * MICROS : null,
    high: Number.isFinite(last) ? last * MICROS + (MICROS - 1) : null,
  }
}
