import type { Variant } from '../catalog.ts'
import type { Basics } from '../basics.ts'
import { awkward, places } from '../names.ts'
import { at, type Random } from '../random.ts'
import { ATTRIBUTION, type BlobPool, raw, SHIPPING, SESSION, VALUE } from './blob-pool.ts'

/** A variant that sells, and the texts of the events about it. */
export type Product = Readonly<{ variant: Variant; ordered: number; viewed: number; added: number }>

/** What somebody bought together, and the texts of the events about such an order. */
export type Basket = Readonly<{
  lines: readonly Readonly<{ product: Product; quantity: number }>[]
  cents: number
  checkout: number
  placed: number
  fulfilled: number
  delivered: number
  cancelled: number
  refunded: number
}>

const WARES = 360
const BASKETS = 260
/** The one whose exchange rate has more digits than a double: some five pages of a hundred hold such an order. */
const LONG_RATE_BASKET = 17

export function addProducts(
  basics: Basics,
  pool: BlobPool,
  variants: readonly Variant[],
): readonly Product[] {
  const random = basics.random('wares')
  return random.some(variants, WARES).map((variant) => ({
    variant,
    viewed: pool.add(viewed(variant, basics, random), variant.priceCents),
    added: pool.add(
      {
        $value: VALUE,
        AddedItem: item(variant, 1),
        ItemNames: [variant.title],
        'cart token': '',
        CheckoutURL: null,
      },
      variant.priceCents,
    ),
    ordered: pool.add(ordered(variant, basics, random), variant.priceCents),
  }))
}

export function addBaskets(basics: Basics, pool: BlobPool, products: readonly Product[]): readonly Basket[] {
  const random = basics.random('baskets')
  return Array.from({ length: BASKETS }, (_, basket): Basket => {
    // Most orders hold one thing, a few are long.
    const lines = random
      .some(products, random.chance(0.03) ? 18 : random.pick([1, 1, 1, 2, 2, 3, 4]))
      .map((product) => ({ product, quantity: random.pick([1, 1, 1, 1, 2, 3]) }))
    const cents = lines.reduce((sum, { product, quantity }) => sum + product.variant.priceCents * quantity, 0)
    const items = lines.map(({ product, quantity }) => item(product.variant, quantity))
    const names = lines.map(({ product }) => product.variant.title)
    const shared = {
      $value: VALUE,
      OrderId: raw(`4611686018${SESSION}`),
      ItemNames: names,
      'Total Discounts': '0.00',
    }
    return {
      lines,
      cents,
      checkout: pool.add(
        {
          $value: VALUE,
          CheckoutId: `c_${SESSION}`,
          Items: items,
          $extra: { presentment_currency: basics.storefront.currency, note: null },
        },
        cents,
      ),
      placed: pool.add(placed({ random, cents, items, names, basket }), cents),
      fulfilled: pool.add(
        {
          ...shared,
          Carrier: random.pick(['DHL', 'UPS', 'La Poste', 'ヤマト運輸']),
          'Tracking#': `JD${SESSION}`,
        },
        cents,
      ),
      delivered: pool.add({
        OrderId: raw(`4611686018${SESSION}`),
        signed_by: random.pick(['', 'neighbour', 'Frau Groß', null]),
      }),
      cancelled: pool.add(
        { ...shared, Reason: random.pick(['customer', 'fraud', 'inventory', '', null]) },
        cents,
      ),
      refunded: pool.add({ ...shared, Reason: random.pick(awkward), restock: random.chance(0.5) }, cents),
    }
  })
}

const item = (variant: Variant, quantity: number): unknown => ({
  ProductID: variant.itemId,
  SKU: variant.sku,
  ProductName: variant.title,
  'Variant Name': variant.option,
  Quantity: quantity,
  ItemPrice: variant.priceCents / 100,
  RowTotal: (variant.priceCents * quantity) / 100,
  ProductCategories: variant.categories,
  ImageURL: variant.imageUrl,
})

const viewed = (variant: Variant, basics: Basics, random: Random): Readonly<Record<string, unknown>> => ({
  $value: VALUE,
  ProductName: variant.title,
  ProductID: variant.itemId,
  URL: `${variant.url}&ref=${random.pick(['search', 'mail', 'home', ''])}`,
  Price: raw((variant.priceCents / 100).toFixed(2)),
  CompareAtPrice: random.chance(0.2) ? null : (variant.priceCents * 1.25) / 100,
  Categories: variant.categories,
  'page.referrer': random.pick([`https://www.${basics.storefront.domain}/`, null, '']),
})

const ordered = (variant: Variant, basics: Basics, random: Random): Readonly<Record<string, unknown>> => ({
  $value: VALUE,
  OrderId: raw(`4611686018${SESSION}`),
  ...(item(variant, 1) as Readonly<Record<string, unknown>>),
  Vendor: basics.storefront.name,
  options: [
    { name: 'Size', value: variant.option },
    ...(random.chance(0.2) ? [{ name: 'Gravur "fein"', value: 'Für Zoë ❤️' }] : []),
  ],
})

type OrderParts = Readonly<{
  random: Random
  cents: number
  items: readonly unknown[]
  names: readonly string[]
  basket: number
}>

const placed = ({ random, cents, items, names, basket }: OrderParts): Readonly<Record<string, unknown>> => {
  const place = random.pick(places)
  return {
    [ATTRIBUTION]: 0,
    $value: VALUE,
    // Beyond 2^53, as some shops number their orders; the ledger entry is beyond 2^64 too.
    OrderId: raw(`4611686018${SESSION}`),
    ledger_entry: raw(`123456789012345678901${SESSION}`),
    'Order #': `#${SESSION}`,
    Items: items,
    ItemNames: names,
    ItemCount: items.length,
    Subtotal: cents / 100,
    Shipping: SHIPPING,
    'Discount Code': random.pick(['', 'WELCOME10', null, 'ÉTÉ-20%']),
    ...(random.chance(0.3) ? { 'is gift 🎁': random.chance(0.5) } : {}),
    exchange_rate: exchangeRate(random, basket),
    tax_rate: raw(random.pick(['8.875e-2', '0.19', '0.2E0', '0', '-0.0'])),
    source: random.pick(['web', 'web', 'pos', 'ios app', { name: 'draft order', by: 'staff' }]),
    $extra: {
      customer: {
        tags: random.some(['vip', 'wholesale', 'B2B', '常連'], random.below(3)),
        note: random.pick([...awkward, null, null]),
      },
      shipping_address: {
        city: place.city,
        zip: place.zip,
        country_code: place.countryCode,
        'first.name': at(place.first, random.below(9)),
      },
      customer_locale: place.locale,
      risk: { score: random.unit(), flags: [[], [1, [2, [3, []]]], {}][random.below(3)] },
    },
  }
}

/**
 * Almost every system writes a decimal as the double it holds; a few write more digits than a double keeps, and
 * those must survive as well.
 */
const exchangeRate = (random: Random, basket: number): unknown =>
  basket === LONG_RATE_BASKET
    ? raw(`1.0${random.between(10_000_000, 99_999_999)}${random.between(10_000_000, 99_999_999)}`)
    : random.between(8_000, 12_000) / 10_000
