/** Status, code and kind of content to what is to be done: the whole policy of reading, as one table. */
import type { ErrorCode } from '../../model/error-codes.ts'
import type { Facts } from '../../model/errors.ts'
import type { Answer, ApiError } from './answer.ts'
import { ofAccount } from './checked-key.ts'

/** Names for the sentences. */
export type Context = Readonly<{
  /** Null: the user has given it no name. */
  account: string | null
  table: string
  scopes: readonly string[]
  revision: string
  origin: string
}>

export type Decision =
  | Readonly<{ kind: 'take' }>
  /** Status 429: the whole budget waits; null where the server names no time. */
  | Readonly<{ kind: 'wait'; waitMs: number | null }>
  /** The same request again; `why` is a phrase, the wait is the server's where it named one. */
  | Readonly<{ kind: 'retry'; why: string; waitMs: number | null }>
  | Readonly<{ kind: 'stop'; code: ErrorCode; message: string; facts: Facts }>

type Rule = Readonly<{
  when: (answer: Answer) => boolean
  act: (answer: Answer, context: Context) => Decision
}>

const status =
  (...statuses: readonly number[]) =>
  (answer: Answer): boolean =>
    statuses.includes(answer.status)

const both =
  (...tests: readonly Rule['when'][]) =>
  (answer: Answer): boolean =>
    tests.every((test) => test(answer))

const success = ({ status }: Answer): boolean => status >= 200 && status < 300
const redirect = ({ status }: Answer): boolean => status >= 300 && status < 400
const serverFault = ({ status }: Answer): boolean => status >= 500
const json = ({ content }: Answer): boolean => content === 'json'
const notJson = ({ content }: Answer): boolean => content !== 'json'
const aboutRevision = ({ errors }: Answer): boolean => errors.some(({ detail }) => /revision/i.test(detail))

const stop = (code: ErrorCode, message: string, facts: Facts = {}): Decision => ({
  kind: 'stop',
  code,
  message,
  facts,
})

const again = (answer: Answer): Decision => ({
  kind: 'retry',
  why:
    answer.content === 'html'
      ? `an HTML page with status ${answer.status}`
      : `status ${answer.status}${said(answer)}`,
  waitMs: answer.retryAfterMs,
})

/** The first that fits. */
const rules: readonly Rule[] = [
  { when: both(success, json), act: () => ({ kind: 'take' }) },
  { when: success, act: again },
  { when: status(429), act: ({ retryAfterMs: waitMs }) => ({ kind: 'wait', waitMs }) },
  {
    when: both(status(400, 404, 410), aboutRevision),
    act: (answer, { table, revision }) =>
      stop(
        'unserved-revision',
        `Klaviyo does not serve table "${table}" at revision "${revision}"${said(answer)}. ` +
          'Leave the revision out to use the one that sluice was made for, or name a newer one.',
      ),
  },
  {
    when: status(401),
    act: (_, { account }) =>
      stop(
        'refused-key',
        `Klaviyo does not accept the API key${ofAccount(account)}. ` +
          'Check that it is a private key (it starts with "pk_"), complete, and not revoked.',
      ),
  },
  // Cloudflare's challenge, not Klaviyo's answer: it comes and goes with the traffic of the address.
  { when: both(status(403), notJson), act: again },
  { when: status(403), act: forbidden },
  { when: status(408, 425), act: again },
  { when: serverFault, act: again },
  {
    when: redirect,
    act: ({ status }, { origin }) =>
      stop(
        'source-refused',
        `"${origin}" answered with a redirect (${status}), which sluice does not follow with a key. Check base_url.`,
      ),
  },
  {
    when: both(status(404), json),
    act: (answer, { table }) =>
      stop(
        'source-refused',
        `Klaviyo does not know what was asked for table "${table}" (404)${said(answer)}.`,
      ),
  },
  {
    when: json,
    act: (answer, { table }) =>
      stop(
        'source-refused',
        `Klaviyo refused the request for table "${table}" (${answer.status})${said(answer)}. Asking again would not help.`,
      ),
  },
  {
    when: ({ status }) => status >= 400,
    act: ({ status }, { origin }) =>
      stop(
        'not-klaviyo',
        `What answers at "${origin}" is not Klaviyo's API (status ${status}, no JSON). Check base_url.`,
      ),
  },
]

export function decide(answer: Answer, context: Context): Decision {
  const rule = rules.find(({ when }) => when(answer))
  const decision =
    rule?.act(answer, context) ??
    stop('source-refused', `Klaviyo answered with the unexpected status ${answer.status}.`)
  if (decision.kind !== 'stop') return decision
  const account = context.account === null ? {} : { account: context.account }
  return {
    ...decision,
    facts: { ...account, table: context.table, status: answer.status, ...decision.facts },
  }
}

function forbidden(answer: Answer, { account, table, scopes }: Context): Decision {
  const named = answer.errors.flatMap(
    ({ detail }) => detail.match(/\b[a-z][a-z-]*:(?:read|write|full)\b/g) ?? [],
  )
  const wanted = [...new Set(named.length > 0 ? named : scopes)]
  const missing = wanted.map((scope) => `"${scope}"`).join(', ')
  const denied = answer.errors.some(({ code }) => code === 'permission_denied') || answer.errors.length === 0
  if (denied && missing !== '') {
    return stop(
      'missing-scope',
      `The API key${ofAccount(account)} may not read table "${table}": it needs the scope ${missing}. ` +
        'Make a private key that has it, or leave the table out.',
      { scopes: wanted },
    )
  }
  return stop(
    'missing-scope',
    `The API key${ofAccount(account)} may not read table "${table}" (403)${said(answer)}.`,
  )
}

/** `: "detail" (parameter "filter")`, of at most three errors. */
function said({ errors }: Answer): string {
  const words = errors
    .slice(0, 3)
    .map(sentence)
    .filter((text) => text !== '')
  return words.length === 0 ? '' : `: ${words.join('; ')}`
}

function sentence({ code, title, detail, source }: ApiError): string {
  const text = detail || title || code
  if (text === '') return ''
  return source === '' ? `"${text}"` : `"${text}" (at "${source}")`
}
