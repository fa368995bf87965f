import { SluiceError } from '../model/errors.ts'
import { nearest } from '../util/nearest.ts'
import { redact } from '../util/redact.ts'
import { Secret } from '../util/secret.ts'
import { isDay } from './interval.ts'

/** Where to read from, as a `klaviyo://` URI says it. */
export type SourceConfig = Readonly<{
  apiKey: Secret
  /** Origin of the API, without a trailing slash. */
  baseUrl: string
  /** Null: the revision that the catalog describes. */
  revision: string | null
  /** What `_sluice_account` says; null: Klaviyo's own account id. */
  account: string | null
  /** Part of the rate limits that this run may use, 0 < share <= 1. */
  rateShare: number
}>

export const KLAVIYO_ORIGIN = 'https://a.klaviyo.com'

const PARAMETERS = ['api_key', 'base_url', 'revision', 'account', 'rate_share']

/**
 * Reads `klaviyo://?api_key=pk_…&base_url=…&revision=…&account=…&rate_share=…`; without `api_key` the key comes
 * from the environment variable `KLAVIYO_API_KEY`.
 * @throws SluiceError `usage` for anything that does not fit, `credentials` without a key. No message holds the key.
 */
export function parseSourceUri(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): SourceConfig {
  const uri = URL.canParse(text) ? new URL(text) : null
  if (uri?.protocol !== 'klaviyo:')
    throw new SluiceError(
      'invalid-source-uri',
      `The source URI "${redact(text)}" is not one of Klaviyo's. Write "klaviyo://?api_key=pk_…".`,
    )
  if (uri.host !== '' || uri.username !== '' || uri.pathname.replace('/', '') !== '')
    throw new SluiceError(
      'invalid-source-uri',
      'The source URI must have nothing between "klaviyo://" and "?". Write "klaviyo://?api_key=pk_…".',
    )
  for (const name of uri.searchParams.keys()) {
    if (PARAMETERS.includes(name)) continue
    const similar = nearest(name, PARAMETERS)
    const hint = similar === null ? `It takes ${PARAMETERS.join(', ')}.` : `Did you mean "${similar}"?`
    throw new SluiceError(
      'invalid-source-uri',
      `The source URI has an unknown parameter "${redact(name)}". ${hint}`,
    )
  }
  const parameter = (name: string): string | null => uri.searchParams.get(name)?.trim() || null
  const apiKey = parameter('api_key') ?? (env['KLAVIYO_API_KEY']?.trim() || null)
  if (apiKey === null)
    throw new SluiceError(
      'missing-key',
      'No Klaviyo API key. Put it into the source URI ("klaviyo://?api_key=pk_…") or into the environment variable KLAVIYO_API_KEY.',
    )
  return {
    apiKey: new Secret(apiKey),
    baseUrl: parseOrigin(parameter('base_url')),
    revision: parseRevision(parameter('revision')),
    account: parameter('account'),
    rateShare: parseShare(parameter('rate_share')),
  }
}

function parseOrigin(text: string | null): string {
  if (text === null) return KLAVIYO_ORIGIN
  const url = URL.canParse(text) ? new URL(text) : null
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new SluiceError(
      'invalid-source-uri',
      `The parameter "base_url" ("${redact(text)}") is not an origin. Write it like "http://127.0.0.1:8080".`,
    )
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new SluiceError(
      'invalid-source-uri',
      `The parameter "base_url" ("${text}") would send the API key unencrypted. Use https, or http to this machine only.`,
    )
  return url.origin
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

function parseRevision(text: string | null): string | null {
  const day = /^(\d{4}-\d{2}-\d{2})(?:\.\w+)?$/.exec(text ?? '')?.[1]
  if (text === null || (day !== undefined && isDay(day))) return text
  throw new SluiceError(
    'invalid-source-uri',
    `The revision "${redact(text)}" is not a date. Write it like "2026-07-15".`,
  )
}

function parseShare(text: string | null): number {
  if (text === null) return 1
  const share = Number(text)
  if (share > 0 && share <= 1) return share
  throw new SluiceError(
    'invalid-source-uri',
    `The parameter "rate_share" ("${text}") is not between 0 and 1. Write "0.8" for 80 %.`,
  )
}
