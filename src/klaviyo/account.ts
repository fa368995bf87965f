import { SluiceError } from '../model/errors.ts'
import { findTable } from './catalog/catalog.ts'
import { idsOf } from './source.ts'
import type { KlaviyoSource } from './source.ts'

/**
 * What `_sluice_account` says when the user gives no alias: Klaviyo's id of the account, or, for a key that may
 * not read accounts, a fingerprint of the key (it changes with the key, so an alias is the better choice then).
 */
export async function accountName(
  source: KlaviyoSource,
  fingerprint: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    for await (const page of source.read(findTable('accounts'), { pass: '', window: null, signal })) {
      const [id] = idsOf(page)
      if (id !== undefined) return id
    }
  } catch (error) {
    // The key may lack this one scope. One that Klaviyo does not accept at all is told now, once.
    if (!(error instanceof SluiceError && error.code === 'missing-scope')) throw error
  }
  return fingerprint
}
