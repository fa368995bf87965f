import { EVENT_ID_LENGTH } from './event-ids.ts'
import { BLANK_MOMENT, BLANK_UUID } from './moment.ts'

const ID = 'i'.repeat(EVENT_ID_LENGTH)
const PROFILE = 'p'.repeat(26)
const METRIC = 'm'.repeat(6)

/** The part of a resource before or after its properties: bytes, and where each event writes its own. */
export type EventSkeleton = Readonly<{
  head: Buffer
  timestampAt: number
  sessionAt: number
  sessionTimeAt: number
  /** Where the attributes begin within the head, and how much of the tail belongs to them. */
  attributesAt: number
  attributesTail: number
  /** With a metric, and for events whose metric is gone: links alone, no data. */
  tail: SkeletonTail
  tailWithoutMetric: SkeletonTail
}>

export type SkeletonTail = Readonly<{
  bytes: Buffer
  datetimeAt: number
  uuidAt: number
  profileAt: number
  /** -1 without a metric. */
  metricAt: number
  idsAt: readonly number[]
}>

/** Where the id stands in the head. */
export const HEAD_ID_AT = '{"type":"event","id":"'.length

/** The text around the properties of every event, for links that begin with `origin`. */
export function skeletonFor(origin: string): EventSkeleton {
  const start = `{"type":"event","id":"${ID}","attributes":`
  const timestamp = `{"timestamp":`
  const properties = `,"event_properties":{"$event_id":"`
  const head = `${start}${timestamp}0000000000${properties}000000000:0000000000"`
  const datetime = `,"datetime":"`
  const attributesTail = `${datetime}${BLANK_MOMENT}","uuid":"${BLANK_UUID}"}`
  const timestampAt = start.length + timestamp.length
  const sessionAt = timestampAt + 10 + properties.length
  return {
    head: Buffer.from(head, 'latin1'),
    timestampAt,
    sessionAt,
    sessionTimeAt: sessionAt + 10,
    attributesAt: start.length,
    attributesTail: attributesTail.length,
    tail: tailFor(origin, attributesTail, true),
    tailWithoutMetric: tailFor(origin, attributesTail, false),
  }
}

const tailFor = (origin: string, attributesTail: string, withMetric: boolean): SkeletonTail => {
  const self = `${origin}/api/events/${ID}/`
  const relation = (name: string, id: string | null): string => {
    const data = id === null ? '' : `"data":{"type":"${name}","id":"${id}"},`
    return `"${name}":{${data}"links":{"self":"${self}relationships/${name}/","related":"${self}${name}/"}}`
  }
  const text =
    `${attributesTail},"relationships":{${relation('profile', PROFILE)},${relation('metric', withMetric ? METRIC : null)}},` +
    `"links":{"self":"${self}"}}`
  return {
    bytes: Buffer.from(text),
    datetimeAt: `,"datetime":"`.length,
    uuidAt: attributesTail.length - BLANK_UUID.length - 2,
    profileAt: text.indexOf(PROFILE),
    metricAt: text.indexOf(`"${METRIC}"`) + (withMetric ? 1 : 0),
    idsAt: [...text.matchAll(new RegExp(`/${ID}/`, 'gu'))].map((match) => match.index + 1),
  }
}
