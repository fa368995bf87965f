import type { Basics } from './basics.ts'
import { hexId } from './ids.ts'
import { withMicros } from './timestamps.ts'
import type { ProfileRefs } from './references.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { microsText, secondsText } from './time-text.ts'

const phones = [
  ['ios', 'Apple', 'iPhone15,3', '18.1'],
  ['ios', 'Apple', 'iPhone12,1', '17.6.1'],
  ['ios', 'Apple', 'iPad13,4', '18.0'],
  ['android', 'Google', 'Pixel 8 Pro', '15'],
  ['android', 'samsung', 'SM-S911B', '14'],
  ['android', 'Xiaomi', '红米 Note 13', '13'],
] as const

/** Devices that may be sent notifications; some people have several. */
export function addPushTokens(
  basics: Basics,
  builder: ResourceBuilder,
  count: number,
  people: ProfileRefs,
): void {
  const random = basics.random('push tokens')
  for (let i = 0; i < (people.count === 0 ? 0 : count); i++) {
    const createdS = basics.calendar.sample(random)
    const phone = random.pick(phones)
    const [platform] = phone
    const token =
      platform === 'ios' ? hexId(random, 64) : `${hexId(random, 22)}:APA91b${hexId(random, 60)}-_${i}`
    const id = builder.add('push-token', hexId(random, 32), {
      created: microsText(withMicros(createdS, random)),
      token,
      enablement_status: random.pick([
        'AUTHORIZED',
        'AUTHORIZED',
        'AUTHORIZED',
        'DENIED',
        'UNAUTHORIZED',
        'PROVISIONAL',
        'NOT_DETERMINED',
      ]),
      platform,
      vendor: platform === 'ios' ? 'APNs' : 'FCM',
      background: random.pick(['AVAILABLE', 'DENIED', 'RESTRICTED']),
      recorded_date: secondsText(createdS),
      ...(random.chance(0.9) ? { metadata: metadata(basics, random, phone) } : {}),
    })
    builder.relate('push-token', id, 'profile', [people.id(random.below(people.count))])
  }
}

const metadata = (
  { storefront }: Basics,
  random: Random,
  [platform, manufacturer, model, version]: (typeof phones)[number],
): unknown => ({
  device_id: hexId(random, 16).toUpperCase(),
  klaviyo_sdk: random.pick([platform === 'ios' ? 'swift' : 'android', 'react_native', 'flutter']),
  sdk_version: random.pick(['3.2.0', '4.0.1', '5.1.0-rc.1']),
  device_model: model,
  os_name: model.startsWith('iPad') ? 'ipados' : platform,
  os_version: version,
  manufacturer,
  app_name: random.chance(0.1) ? null : storefront.name,
  app_version: `2.${random.below(20)}.0`,
  app_build: String(random.between(100, 900)),
  app_id: `example.${storefront.domain.split('.')[0]}.app`,
  environment: random.chance(0.95) ? 'release' : 'debug',
})
