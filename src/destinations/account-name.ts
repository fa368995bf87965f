import { defaultName, identitiesOf, KLAVIYO_ID } from '../model/account.ts'
import type { AccountIdentity } from '../model/account.ts'
import { SluiceError } from '../model/errors.ts'

/** A name that rows of a destination carry, and what its account was found to be; nothing, by version 1. */
export type KnownAccount = Readonly<{ name: string; identities: readonly string[] }>

/** More names than this are counted, not named. */
const NAMED = 4

/**
 * The name for an account's rows in a destination that knows of others. It is never a second one for the same account,
 * and never that of another: where this cannot be told, the user must say it.
 * @param place the destination, for messages
 * @throws SluiceError `usage`: `renamed-account`, `taken-name`, `ambiguous-account`
 */
export function accountName(asked: AccountIdentity, known: readonly KnownAccount[], place: string): string {
  const wanted = asked.alias ?? defaultName(asked)
  const own = known.filter((each) => isSame(asked, each)).map(({ name }) => name)
  if (own.includes(wanted)) return wanted
  const [kept] = own
  if (kept !== undefined) throw renamed(kept, wanted, place)
  const holder = known.find(({ name }) => name === wanted)
  if (holder !== undefined && asked.id !== null && idsOf(holder).length > 0) throw taken(wanted, place)
  if (asked.alias !== null) return wanted
  // Of an account with another id it is known that it is another; of all others it is not.
  const doubtful = known.filter((each) => asked.id === null || idsOf(each).length === 0)
  if (doubtful.length > 0) throw ambiguous(asked, doubtful, place)
  return wanted
}

const idsOf = ({ identities }: KnownAccount): readonly string[] =>
  identities.filter((each) => each.startsWith(KLAVIYO_ID))

function isSame(asked: AccountIdentity, known: KnownAccount): boolean {
  const [ofKey = ''] = identitiesOf(asked).slice(-1)
  // Version 1 noted no identities, but named accounts by them.
  const isOfKey =
    known.identities.includes(ofKey) || (known.identities.length === 0 && known.name === asked.key.name)
  if (asked.id === null) return isOfKey
  const ids = idsOf(known)
  return ids.length === 0 ? isOfKey || known.name === asked.id : ids.includes(`${KLAVIYO_ID}${asked.id}`)
}

const renamed = (kept: string, wanted: string, place: string): SluiceError =>
  new SluiceError(
    'renamed-account',
    `This account's rows in "${place}" carry the name "${kept}", and this run would call it "${wanted}": every row would be there twice. Write account=${kept} in the source URI; or rename it first, with "sluice rename-account --from ${quoted(kept)} --to ${quoted(wanted)}" and the same --dest-uri.`,
    { facts: { account: kept } },
  )

const taken = (wanted: string, place: string): SluiceError =>
  new SluiceError(
    'taken-name',
    `"${wanted}" is the name of another account in "${place}". Check the API key, or write another name into account= of the source URI.`,
    { facts: { account: wanted } },
  )

function ambiguous(asked: AccountIdentity, known: readonly KnownAccount[], place: string): SluiceError {
  const names = known.slice(0, NAMED).map(({ name }) => `"${name}"`)
  const others = known.length > NAMED ? ` and ${known.length - NAMED} more` : ''
  const why =
    asked.id === null
      ? 'the API key does not tell its account, as one with the scope "accounts:read" does'
      : `nothing but ${known.length === 1 ? 'its name is' : 'their names are'} known`
  return new SluiceError(
    'ambiguous-account',
    `"${place}" has rows of ${names.join(', ')}${others}, and whether this account is ${known.length === 1 ? 'that one' : 'one of them'} cannot be told: ${why}. Say it in the source URI: account=${known[0]?.name ?? ''} for the same account, account=${defaultName(asked)} (or a name of your own) for another.`,
    { facts: { account: defaultName(asked) } },
  )
}

/** As a shell reads it. */
const quoted = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`
