/** A to-one (`many: false`, no or one id) or to-many relation, by ids. */
export type Relation = Readonly<{ many: boolean; type: string; ids: readonly string[] }>

/** One JSON:API resource, before it is written into a response. */
export type Resource = Readonly<{
  type: string
  id: string
  attributes: Readonly<Record<string, unknown>>
  relationships: Readonly<Record<string, Relation>>
  /**
   * Facts that are never shown but filtered or sorted by, under the name that the filter uses: `messages.channel` of a
   * campaign, `item.id` of a variant, `created` of a catalog category (sortable, yet not an attribute).
   */
  meta?: Readonly<Record<string, unknown>>
}>

/** All events, in the order of (time, id); `i` is the index in that order. Nothing is held but a few typed arrays. */
export interface EventSource {
  readonly count: number
  /** No resource that `writeResource` appends is longer. */
  readonly maxResourceBytes: number
  /** Epoch seconds. */
  time(i: number): number
  /** The moment from which reads show the event: usually seconds after its time, for some days. */
  visibleAtMs(i: number): number
  id(i: number): string
  /** The index of an id, -1 where there is none. Arithmetic, no map. */
  find(id: string): number
  /** Null for the few whose metric cannot be resolved any more. */
  metricId(i: number): string | null
  /** May belong to a profile that has been deleted. */
  profileId(i: number): string
  /** The index of the profile, -1 where it has been deleted. */
  profileIndex(i: number): number
  /** What an order was worth, in hundredths; 0 for events without a value. */
  valueCents(i: number): number
  /** The `attribution` resources of an event, for `include=attributions`; most have none. */
  attributions(i: number): readonly Resource[]
  /** JSON text of the attributes: parsing it into numbers would lose digits. */
  attributes(i: number): string
  /**
   * Appends the whole JSON:API resource as UTF-8 and returns the new offset; `target` must have `maxResourceBytes` left.
   * `linkOrigin` is the start of links, such as `https://a.klaviyo.com`.
   */
  writeResource(i: number, target: Buffer, offset: number, linkOrigin: string): number
  /** The first index whose time is at or after it (`count` when none): where a time filter starts. */
  lowerBound(timeS: number): number
}

export interface ProfileSource {
  readonly count: number
  /** Attributes include `subscriptions` and `predictive_analytics`, shown only under additional-fields. */
  resource(i: number): Resource
  id(i: number): string
  /** -1 where there is none. */
  find(id: string): number
  email(i: number): string | null
  phoneNumber(i: number): string | null
  externalId(i: number): string | null
  createdMicros(i: number): number
  updatedMicros(i: number): number
}

export type Membership = Readonly<{ profileIndex: number; joinedAtMs: number }>

export type Shop = Readonly<{
  accountId: string
  /** By resource type; profiles and events have sources of their own. */
  resources: ReadonlyMap<string, readonly Resource[]>
  profiles: ProfileSource
  events: EventSource
  /** Members of a list or segment, in the order of joining; empty for an unknown id. */
  memberships: (listOrSegmentId: string) => readonly Membership[]
}>

/**
 * `account` is 1, 2, 3 …: each has its own ids, name, currency and timezone. `nowMs` is the moment the shop's history
 * ends. The same options give the same bytes.
 */
export type ShopOptions = Readonly<{
  seed: number
  profiles: number
  events: number
  account: number
  nowMs: number
}>
