import { hash2, at } from '../random.ts'
import { type Place, places } from '../names.ts'

/** Who someone is: what a number alone decides, without any list of people. */
export type Person = Readonly<{
  place: Place
  firstName: string | null
  lastName: string | null
  email: string | null
  phoneNumber: string | null
  externalId: string | null
}>

const mailboxes = ['example.com', 'mail.example', 'example.org', 'post.example', 'example.net'] as const
/** Local numbers have seven digits; this step visits all of them before one comes twice. */
const LOCAL_NUMBERS = 10_000_000
const LOCAL_STEP = 6_180_339

/** `number` is the profile's, or any other that no profile has. */
export function personOf(key: number, number: number): Person {
  const hash = hash2(key, number)
  const other = hash2(hash, number)
  const place = at(places, Math.floor(places.length * (hash / 0x1_0000_0000) ** 1.6))
  const first = at(place.first, (hash >>> 4) % 101)
  const last = at(place.last, (hash >>> 11) % 103)
  const hasEmail = other % 32 !== 0
  return {
    place,
    firstName: other % 23 === 0 ? null : first,
    lastName: other % 13 === 0 ? (other % 2 === 0 ? null : '') : last,
    email: hasEmail ? emailOf(first, last, number, hash, other) : null,
    phoneNumber: !hasEmail || (other >>> 8) % 100 < 35 ? phoneOf(place, number) : null,
    externalId: (other >>> 16) % 4 === 0 ? externalIdOf(number, hash) : null,
  }
}

const emailOf = (first: string, last: string, number: number, hash: number, other: number): string => {
  const local = `${latin(first) || 'shopper'}.${latin(last) || 'x'}${(other >>> 20) % 40 === 0 ? '+shop' : ''}`
  const text = `${local}.${number.toString(36)}@${at(mailboxes, (hash >>> 18) % 5)}`
  return (other >>> 26) % 50 === 0 ? text.replace(/^./u, (letter) => letter.toUpperCase()) : text
}

const phoneOf = (place: Place, number: number): string =>
  `${place.dialling}${String((number * LOCAL_STEP) % LOCAL_NUMBERS).padStart(7, '0')}`

/** Shops number their customers in many ways; some numbers look like other things. */
const externalIdOf = (number: number, hash: number): string => {
  switch (hash % 4) {
    case 0:
      return `00${number}`
    case 1:
      return `9007199254${740_993 + number}`
    case 2:
      return `Kunde/${number} ü`
    default:
      return `cus_${hash.toString(36)}${number}`
  }
}

const known = new Map<string, string>()

/** The plain letters of a name, for an address. */
const latin = (name: string): string => {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const plain = name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z'-]/gu, '')
    .toLowerCase()
  known.set(name, plain)
  return plain
}
