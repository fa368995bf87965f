import type { Ground } from './ground.ts'
import { withMicros, lead } from './life.ts'
import type { Shelf } from './shelf.ts'
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
export function stockImages(ground: Ground, shelf: Shelf, count: number): void {
  const random = ground.random('images')
  for (let i = 0; i < count; i++) {
    const format = random.pick(['jpeg', 'jpeg', 'png', 'gif', 'webp'])
    const id = String(1_204_113 + i * 37 + random.below(30))
    shelf.add('image', id, {
      name: `${random.pick(words)} ${i + 1}`,
      image_url: `https://images.${ground.storefront.domain}/company/${ground.accountId}/images/${id}.${format}`,
      format,
      size: random.between(4_000, 2_400_000),
      hidden: random.chance(0.1),
      updated_at: microsText(withMicros(lead(ground, random).updatedS, random)),
    })
  }
}
