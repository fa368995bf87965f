import { SluiceError } from '../../model/errors.ts'
import type { Secret } from '../../util/secret.ts'

/** The key as it can stand in a header. The error does not show it, not even the character that is wrong. */
export function checkedKey(key: Secret, account: string | null): string {
  const text = key.reveal()
  if (/^[\x21-\x7e]+$/.test(text)) return text
  const what = text === '' ? 'is empty' : 'contains a blank or a character that no key has'
  throw new SluiceError(
    'malformed-key',
    `The API key${ofAccount(account)} ${what}. Copy it again from Klaviyo.`,
  )
}

/** For messages: which account's, where the user has given it a name. */
export const ofAccount = (account: string | null): string =>
  account === null ? '' : ` of account "${account}"`
