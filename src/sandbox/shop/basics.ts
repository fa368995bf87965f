import { Calendar } from './calendar.ts'
import { shortId } from './ids.ts'
import { at, hash2, Random } from './random.ts'
import type { ShopOptions } from './types.ts'

/** The shop as its customers know it. */
export type Storefront = Readonly<{
  name: string
  domain: string
  industry: string
  currency: string
  timezone: string
  locale: string
  city: string
  country: string
}>

const storefronts: readonly Storefront[] = [
  {
    name: 'Moss & Marlow',
    domain: 'moss-and-marlow.example',
    industry: 'Apparel',
    currency: 'USD',
    timezone: 'America/New_York',
    locale: 'en-US',
    city: 'Portland',
    country: 'United States',
  },
  {
    name: 'Küstenlicht',
    domain: 'kuestenlicht.example',
    industry: 'Home & Garden',
    currency: 'EUR',
    timezone: 'Europe/Berlin',
    locale: 'de-DE',
    city: 'Kiel',
    country: 'Germany',
  },
  {
    name: 'Petit Nuage',
    domain: 'petit-nuage.example',
    industry: 'Health & Beauty',
    currency: 'EUR',
    timezone: 'Europe/Paris',
    locale: 'fr-FR',
    city: 'Nantes',
    country: 'France',
  },
  {
    name: 'さくら茶房',
    domain: 'sakura-sabo.example',
    industry: 'Food & Beverage',
    currency: 'JPY',
    timezone: 'Asia/Tokyo',
    locale: 'ja-JP',
    city: '京都市',
    country: 'Japan',
  },
  {
    name: 'Kettle Hollow Outfitters',
    domain: 'kettle-hollow.example',
    industry: 'Sporting Goods',
    currency: 'GBP',
    timezone: 'Europe/London',
    locale: 'en-GB',
    city: 'Sheffield',
    country: 'United Kingdom',
  },
]

/** What every part of a shop is made from. */
export type Basics = Readonly<{
  seed: number
  accountId: string
  storefront: Storefront
  calendar: Calendar
  nowS: number
  /** A generator of its own for each part, so that one part's growth leaves the others as they were. */
  random: (subject: string) => Random
}>

export function shopBasics({ seed, account, nowMs }: ShopOptions): Basics {
  const own = hash2(seed, account)
  const calendar = new Calendar(nowMs)
  const plain = at(storefronts, account - 1)
  const round = Math.floor((account - 1) / storefronts.length)
  const storefront = round === 0 ? plain : { ...plain, name: `${plain.name} ${round + 1}` }
  return {
    seed: own,
    accountId: shortId(new Random(own, 'account')),
    storefront,
    calendar,
    nowS: calendar.nowS,
    random: (subject) => new Random(own, subject),
  }
}
