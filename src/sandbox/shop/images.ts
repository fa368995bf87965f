import type { Basics } from './basics.ts'
import { withMicros, makeTimestamps } from './timestamps.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { microsText } from './time-text.ts'

const words = [
  'hero',
  'banner',
  'lookbook',
  'logo',
  'product “flat lay”',
  'été',
  '春',
  'gift-guide',
  'before/after',
]

/** Pictures; one in ten is hidden, which the API leaves out unless asked. */
export function addImages(basics: Basics, builder: ResourceBuilder, count: number): void {
  const random = basics.random('images')
  for (let i = 0; i < count; i++) {
    const format = random.pick(['jpeg', 'jpeg', 'png', 'gif', 'webp'])
    const id = String(1_204_113 + i * 37 + random.below(30))
    builder.add('image', id, {
      name: `${random.pick(words)} ${i + 1}`,
      image_url: `https://images.${basics.storefront.domain}/company/${basics.accountId}/images/${id}.${format}`,
      format,
      size: random.between(4_000, 2_400_000),
      hidden: random.chance(0.1),
      updated_at: microsText(withMicros(makeTimestamps(basics, random).updatedS, random)),
    })
  }
}
