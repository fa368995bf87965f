import { createHash } from 'node:crypto'
import type { AccountIdentity } from '../model/account.ts'
import { SluiceError } from '../model/errors.ts'
import type { Secret } from '../util/secret.ts'
import { findTable } from './catalog/catalog.ts'
import { idsOf } from './source.ts'
import type { KlaviyoSource } from './source.ts'

/** Klaviyo's id of the account that an API key belongs to; null: the key may not read accounts. */
export async function accountId(source: KlaviyoSource, signal: AbortSignal): Promise<string | null> {
  try {
    for await (const page of source.read(findTable('accounts'), { pass: '', window: null, signal })) {
      const [id] = idsOf(page)
      if (id !== undefined) return id
    }
  } catch (error) {
    // The key may lack this one scope. One that Klaviyo does not accept at all is told now, once.
    if (!(error instanceof SluiceError && error.code === 'missing-scope')) throw error
  }
  return null
}

/**
 * Fingerprints of a key. A key has far more digits than anybody could try. What is remembered of it is another digest
 * than the one that rows carry where nothing else is known, so that neither leads to the other.
 */
export function fingerprintsOf(apiKey: Secret): AccountIdentity['key'] {
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
  return {
    name: digest(apiKey.reveal()).slice(0, 12),
    fingerprint: digest(`sluice remembers a key of the account: ${apiKey.reveal()}`).slice(0, 24),
  }
}
