import { named } from './groups.ts'
import type { Basics } from './basics.ts'
import { type ProfileRefs, pickProfiles } from './references.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { DAY_S, secondsText } from './time-text.ts'

const descriptions = [
  'Welcome: 10 % off the first order',
  'Free shipping over 50 €',
  'Black Friday 🖤 30 %',
  'Anniversaire – 15 % de réduction',
  '誕生日クーポン',
  'Apology for a late parcel',
  '"Two for one" on candles',
  'VIP early access',
]

const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
/** More than the largest page. */
const CODES_OF_FIRST = 240

/** Coupons and their codes; the last two have none yet. Codes that someone has belong to a profile. */
export function addCoupons(
  basics: Basics,
  builder: ResourceBuilder,
  count: number,
  people: ProfileRefs,
): void {
  const random = basics.random('coupons')
  for (let i = 0; i < count; i++) {
    const couponId = `${random.pick(['WELCOME', 'SHIP', 'BF', 'BDAY', 'SORRY', 'Vip_'])}${10 + i}`
    builder.add('coupon', couponId, {
      external_id: couponId,
      description: i % 9 === 8 ? null : named(descriptions, i),
      monitor_configuration: random.chance(0.4)
        ? { low_balance_threshold: random.pick([50, 100, 500]) }
        : null,
    })
    const codes = i === 0 ? CODES_OF_FIRST : i >= count - 2 ? 0 : random.between(15, 65)
    for (let c = 0; c < codes; c++) addCode(basics, builder, random, couponId, people)
  }
}

const addCode = (
  basics: Basics,
  builder: ResourceBuilder,
  random: Random,
  couponId: string,
  people: ProfileRefs,
): void => {
  const code = Array.from({ length: 12 }, () => LETTERS.charAt(random.below(LETTERS.length))).join('')
  const expiresS = basics.nowS + random.between(-300, 365) * DAY_S
  const owner = random.chance(0.6) ? pickProfiles(people, random, 1) : []
  const status =
    owner.length > 0
      ? random.pick(['ASSIGNED_TO_PROFILE', 'ASSIGNED_TO_PROFILE', 'USED'])
      : random.pick([
          'UNASSIGNED',
          'UNASSIGNED',
          'UNASSIGNED',
          'UNASSIGNED',
          'PROCESSING',
          'VERSION_NOT_ACTIVE',
          'DELETING',
        ])
  const id = builder.add('coupon-code', `${couponId}-${code}`, {
    unique_code: code,
    expires_at: random.chance(0.12) ? null : secondsText(expiresS),
    status,
  })
  builder.relate('coupon-code', id, 'coupon', [couponId])
  builder.relate('coupon-code', id, 'profile', owner)
}
