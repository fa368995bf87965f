import { hash2 } from '../random.ts'
import { writeBytes, writeCents, writeDigits } from './ascii.ts'
import { END } from './blob-pool.ts'
import type { EventParts } from './event-parts.ts'
import { EVENT_ID_LENGTH, type EventIds } from './event-ids.ts'
import { type EventTable, NO_MESSAGE, NO_METRIC, VISIBILITY_NOTED } from './event-table.ts'
import { type EventSkeleton, skeletonFor, HEAD_ID_AT, type SkeletonTail } from './event-skeleton.ts'
import { MomentWriter, writeUuid } from './moment.ts'

/** Digits of a session's number. */
const SESSION_DIGITS = 9
/** An amount of 32 bits with two decimals. */
const AMOUNT_LENGTH = 12

/**
 * Writes events as JSON:API resources: a head, the properties of the event's text with their holes filled, a tail. Three
 * copies and a few dozen bytes for most events; nothing is parsed, concatenated or escaped.
 */
export class EventWriter {
  readonly #eventParts: EventParts
  readonly #table: EventTable
  readonly #ids: EventIds
  readonly #key: number
  readonly #moments = new MomentWriter()
  readonly #metricIds: readonly Buffer[]
  readonly #attributions: readonly Buffer[]
  readonly #skeletons = new Map<string, EventSkeleton>()
  /** Of the event being written: it occurs six times in a resource. */
  readonly #id = Buffer.alloc(EVENT_ID_LENGTH)
  #origin = ''
  #skeleton = skeletonFor('')

  constructor(eventParts: EventParts, table: EventTable, ids: EventIds) {
    this.#eventParts = eventParts
    this.#table = table
    this.#ids = ids
    this.#key = hash2(eventParts.basics.seed, 0x75756964)
    this.#metricIds = eventParts.metricIds.map((id) => Buffer.from(id, 'latin1'))
    this.#attributions = eventParts.messages.map(({ flowId, messageId, name, channel }) => {
      const from = flowId === null ? { $message: messageId } : { $message: messageId, $flow: flowId }
      const text = JSON.stringify({ ...from, utm: { source: 'Klaviyo', medium: channel, campaign: name } })
      return Buffer.from(`${text.slice(1, -1)},`)
    })
  }

  /** The longest resource with links of this origin. */
  maxBytes(origin: string): number {
    const { head, tail } = this.#skeletonOf(origin)
    const longestAttribution = Math.max(0, ...this.#attributions.map((bytes) => bytes.length))
    return (
      head.length +
      this.#eventParts.blobs.longest +
      longestAttribution +
      2 * AMOUNT_LENGTH +
      3 * SESSION_DIGITS +
      tail.bytes.length
    )
  }

  write(i: number, target: Buffer, offset: number, origin: string): number {
    const skeleton = this.#skeletonOf(origin)
    const headEnd = this.#writeHead(i, target, offset, skeleton)
    const propertiesEnd = this.#writeProperties(i, target, headEnd)
    const hasMetric = ((this.#table.metric[i] ?? 0) & ~VISIBILITY_NOTED) !== NO_METRIC
    return this.#writeTail(i, target, propertiesEnd, hasMetric ? skeleton.tail : skeleton.tailWithoutMetric)
  }

  /** The bytes of the attributes alone, within a resource that `write` put at 0 and that ends at `end`. */
  attributesWithin(end: number, i: number, origin: string): readonly [number, number] {
    const skeleton = this.#skeletonOf(origin)
    const hasMetric = ((this.#table.metric[i] ?? 0) & ~VISIBILITY_NOTED) !== NO_METRIC
    const tail = hasMetric ? skeleton.tail : skeleton.tailWithoutMetric
    return [skeleton.attributesAt, end - tail.bytes.length + skeleton.attributesTail]
  }

  #skeletonOf(origin: string): EventSkeleton {
    if (origin === this.#origin) return this.#skeleton
    this.#origin = origin
    this.#skeleton = this.#skeletons.get(origin) ?? skeletonFor(origin)
    this.#skeletons.set(origin, this.#skeleton)
    return this.#skeleton
  }

  #writeHead(i: number, target: Buffer, offset: number, skeleton: EventSkeleton): number {
    const time = this.#table.time[i] ?? 0
    target.set(skeleton.head, offset)
    this.#ids.write(this.#table.slot[i] ?? 0, this.#id, 0)
    writeBytes(this.#id, target, offset + HEAD_ID_AT)
    writeDigits(time, target, offset + skeleton.timestampAt, 10)
    writeDigits(this.#table.session[i] ?? 0, target, offset + skeleton.sessionAt, SESSION_DIGITS)
    writeDigits(time, target, offset + skeleton.sessionTimeAt, 10)
    return offset + skeleton.head.length
  }

  #writeProperties(i: number, target: Buffer, offset: number): number {
    const { pieces, holeAfter, firstPiece, cents } = this.#eventParts.blobs
    const blob = this.#table.blob[i] ?? 0
    let to = offset
    for (let at = firstPiece[blob] ?? 0; ; at++) {
      const piece = pieces[at]
      if (piece === undefined) throw new RangeError(`there is no text ${blob}`)
      target.set(piece, to)
      to += piece.length
      switch (holeAfter[at] ?? END) {
        case 0:
          to = writeCents(this.#table.cents[i] ?? 0, target, to)
          break
        case 1:
          to = writeCents((this.#table.cents[i] ?? 0) - (cents[blob] ?? 0), target, to)
          break
        case 2:
          to = this.#writeAttribution(this.#table.message[i] ?? NO_MESSAGE, target, to)
          break
        case 3:
          writeDigits(this.#table.session[i] ?? 0, target, to, SESSION_DIGITS)
          to += SESSION_DIGITS
          break
        default:
          return to
      }
    }
  }

  #writeAttribution(message: number, target: Buffer, offset: number): number {
    const text = this.#attributions[message]
    return text === undefined ? offset : writeBytes(text, target, offset)
  }

  #writeTail(i: number, target: Buffer, offset: number, tail: SkeletonTail): number {
    const time = this.#table.time[i] ?? 0
    const slot = this.#table.slot[i] ?? 0
    target.set(tail.bytes, offset)
    this.#moments.write(time, target, offset + tail.datetimeAt)
    writeUuid(time, slot, hash2(this.#key, slot), target, offset + tail.uuidAt)
    this.#eventParts.profileTable.writeId(this.#table.profile[i] ?? 0, target, offset + tail.profileAt)
    const metricId = this.#metricIds[(this.#table.metric[i] ?? 0) & ~VISIBILITY_NOTED]
    if (metricId !== undefined && tail.metricAt > 0) writeBytes(metricId, target, offset + tail.metricAt)
    for (const at of tail.idsAt) writeBytes(this.#id, target, offset + at)
    return offset + tail.bytes.length
  }
}
