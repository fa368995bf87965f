import { assembleShop, type BuiltShop } from './assemble.ts'
import { moreEvents } from './events/more-events.ts'
import { newProfile } from './people/new-profile.ts'
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

const builtShops = new WeakMap<Shop, BuiltShop>()

/** Builds a believable shop; see `ShopOptions`. */
export function buildShop(options: ShopOptions): Shop {
  const built = assembleShop(options)
  builtShops.set(built.shop, built)
  return built.shop
}

/** More events in the style of the shop's own, as plain resources, with times in `[fromS, toS)`: new data has arrived. */
export function makeEvents(
  shop: Shop,
  options: Readonly<{ seed: number; count: number; fromS: number; toS: number }>,
): readonly Resource[] {
  return moreEvents(builtShopOf(shop), shop, options)
}

/** One more profile, created and updated at `atMs`. */
export function makeProfile(shop: Shop, options: Readonly<{ seed: number; atMs: number }>): Resource {
  return newProfile(builtShopOf(shop), options)
}

/** A shop that was not built here borrows the style of one that is. */
const builtShopOf = (shop: Shop): BuiltShop => {
  const known = builtShops.get(shop)
  if (known !== undefined) return known
  const borrowed = assembleShop({ seed: 1, profiles: 0, events: 0, account: 1, nowMs: Date.UTC(2026, 0) })
  builtShops.set(shop, borrowed)
  return borrowed
}
