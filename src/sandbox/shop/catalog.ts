import type { Basics } from './basics.ts'
import { makeTimestamps } from './timestamps.ts'
import { awkward } from './names.ts'
import { at, type Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { microsText } from './time-text.ts'

/** What orders are made of. Prices are whole cents, so that sums are exact. */
export type Variant = Readonly<{
  id: string
  itemId: string
  sku: string
  title: string
  option: string
  priceCents: number
  url: string
  imageUrl: string
  categories: readonly string[]
}>

const adjectives = [
  'Linen',
  'Merino',
  'Recycled',
  'Hand-thrown',
  'Château',
  'Waterproof',
  '藍染',
  'Süße',
  'Brushed',
  'Mini',
  'Oversized',
]
const nouns = [
  'shirt',
  'scarf',
  'mug',
  'tote',
  'candle',
  'blanket',
  'notebook',
  'lamp',
  'jacket',
  'socks',
  'soap',
  'teapot',
  'cushion',
]
const options = ['XS', 'S', 'M', 'L', 'XL', '39½', 'Ecru', 'Forêt', '"Midnight"', 'One size']
const categoryNames = [
  'New in',
  'Women',
  'Men',
  'Home & Living',
  'Accessories',
  'Sale %',
  'Gifts under 50',
  'Küche',
  'Été',
  '季節限定',
  'Outlet',
  'Bestsellers ★',
  'Kids',
  'Bath',
  'Stationery',
  'Shoes',
  'Outerwear',
  'Lighting',
  'Tea & Coffee',
  'Last chance',
]

const catalogId = (externalId: string): string => `$custom:::$default:::${externalId}`

/** Categories, items and variants. Returns the variants. */
export function addCatalog(basics: Basics, builder: ResourceBuilder, itemCount: number): readonly Variant[] {
  const random = basics.random('catalog')
  const categories = addCategories(basics, builder, random)
  const variants: Variant[] = []
  for (let i = 0; i < itemCount; i++) variants.push(...addItem(basics, builder, random, categories, i))
  return variants
}

const addCategories = (basics: Basics, builder: ResourceBuilder, random: Random): readonly string[] => {
  const count = 120
  return Array.from({ length: count }, (_, i) => {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const base = at(categoryNames, i)
    const name = i < categoryNames.length ? base : `${base} / ${at(adjectives, i)} ${Math.floor(i / 20)}`
    return builder.add(
      'catalog-category',
      catalogId(`CAT-${100 + i}`),
      { external_id: `CAT-${100 + i}`, name, updated: microsText(updatedS * 1_000_000) },
      { created: microsText(createdS * 1_000_000) },
    )
  })
}

const addItem = (
  basics: Basics,
  builder: ResourceBuilder,
  random: Random,
  categories: readonly string[],
  i: number,
): readonly Variant[] => {
  const { createdS, updatedS } = makeTimestamps(basics, random)
  const external = `SKU-${1000 + i}`
  const itemId = catalogId(external)
  const title =
    i % 29 === 7 ? `${at(awkward, i)} ${i}` : `${random.pick(adjectives)} ${random.pick(nouns)} ${i}`
  const url = `https://${basics.storefront.domain}/products/${external.toLowerCase()}`
  const imageUrl = `https://images.${basics.storefront.domain}/${external}.jpg`
  const priceCents = random.between(3, 180) * 100 + random.pick([0, 50, 95, 99])
  const shared = {
    description: random.chance(0.1)
      ? null
      : `<p>${title}</p>\n<ul><li>100 % "natural"</li><li>Lavage à 30°</li></ul>`,
    image_full_url: imageUrl,
    image_thumbnail_url: random.chance(0.2) ? null : `${imageUrl}?w=120&h=120`,
    images: random.chance(0.5) ? [imageUrl, `${imageUrl}?view=back`] : [],
    published: random.chance(0.93),
    created: microsText(createdS * 1_000_000),
    updated: microsText(updatedS * 1_000_000),
  }
  builder.add('catalog-item', itemId, {
    external_id: external,
    title,
    ...shared,
    price: priceCents / 100,
    url,
    custom_metadata: metadata(random),
  })
  builder.relate('catalog-item', itemId, 'categories', random.some(categories, random.between(1, 4)))
  const chosen = random.some(options, random.between(2, 5))
  const labels = chosen.map((name, v) => {
    const sku = `${external}-${v + 1}`
    const variantPrice = priceCents + v * random.pick([0, 0, 250])
    const variantId = builder.add('catalog-variant', catalogId(sku), {
      external_id: sku,
      title: `${title} – ${name}`,
      ...shared,
      sku,
      inventory_policy: random.pick([0, 1, 2]),
      inventory_quantity: random.chance(0.1) ? 0 : random.below(400),
      price: variantPrice / 100,
      url: `${url}?variant=${v + 1}`,
      custom_metadata: random.chance(0.3) ? metadata(random) : null,
    })
    return { id: variantId, sku, name, variantPrice, v }
  })
  builder.relate(
    'catalog-item',
    itemId,
    'variants',
    labels.map(({ id }) => id),
  )
  const names = categoryNames.filter((_, c) => (c + i) % 7 === 0)
  return labels.map(({ id, sku, name, variantPrice, v }) => ({
    id,
    itemId,
    sku,
    title,
    option: name,
    priceCents: variantPrice,
    url: `${url}?variant=${v + 1}`,
    imageUrl,
    categories: names,
  }))
}

const metadata = (random: Random): unknown => ({
  material: random.pick(['lin', 'wool', '綿', '']),
  'care.instructions': { wash: 30, iron: null, 'dry clean 🧺': false },
  weight_kg: random.pick([0.1, 0.25, 1.3333333333333333, 12]),
  dimensions: { cm: [random.below(90), random.below(60), 2.5], note: random.pick(awkward) },
})
