import type { Resource, Shop, ShopOptions } from './types.ts'

export type {
  EventSource,
  Membership,
  ProfileSource,
  Relation,
  Resource,
  Shop,
  ShopOptions,
} from './types.ts'

/** Builds a believable shop; see `ShopOptions`. */
export function buildShop(_options: ShopOptions): Shop {
  throw new Error('not yet')
}

/** More events in the style of the shop's own, as plain resources, with times in `[fromS, toS)`: new data has arrived. */
export function makeEvents(
  _shop: Shop,
  _options: Readonly<{ seed: number; count: number; fromS: number; toS: number }>,
): readonly Resource[] {
  throw new Error('not yet')
}

/** One more profile, created and updated at `atMs`. */
export function makeProfile(_shop: Shop, _options: Readonly<{ seed: number; atMs: number }>): Resource {
  throw new Error('not yet')
}
