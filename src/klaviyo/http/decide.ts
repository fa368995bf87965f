/** Status, code and kind of content to what is to be done: the whole policy, as one table. */
import type { ErrorCode } from '../../model/error-codes.ts'
import { SluiceError, type Facts } from '../../model/errors.ts'
import type { Answer, ApiError } from './answer.ts'
import { ofAccount } from './checked-key.ts'

/** Names for the sentences. */
export type Context = Readonly<{
  /** Null: the user has given it no name. */
  account: string | null
  verb: 'read' | 'send'
  /** `table "events"` */
  what: string
  /** What an error about it is to say to programs. */
  facts: Facts
  scopes: readonly string[]
  revision: string
  origin: string
}>

export type Decision =
  | Readonly<{ kind: 'take' }>
  /** Status 429: the whole budget waits; null where the server names no time. */
  | Readonly<{ kind: 'wait'; waitMs: number | null }>
  /** The same request again; `why` is a phrase, the wait is the server's where it named one. */
  | Readonly<{
      kind: 'retry'
      why: string
      waitMs: number | null
      /** Whether the request certainly had no effect. */
      untouched: boolean
    }>
  | Readonly<{ kind: 'stop'; error: SluiceError }>

type Rule = Readonly<{
  when: (answer: Answer) => boolean
  act: (answer: Answer, context: Context) => Exclude<Decision, { kind: 'stop' }> | Stop
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
const empty = ({ content }: Answer): boolean => content === 'none'
const notJson = ({ content }: Answer): boolean => content !== 'json'
const aboutRevision = ({ errors }: Answer): boolean => errors.some(({ detail }) => /revision/i.test(detail))

// A next link carries what Klaviyo calls a cursor; it names that in words, or in the source.
const aboutLink = ({ errors }: Answer): boolean =>
  errors.some(({ detail, source }) => /\bcursor\b/i.test(`${detail} ${source}`))

type Stop = Readonly<{ code: ErrorCode; message: string; facts?: Facts }>

const stop = (code: ErrorCode, message: string, facts: Facts = {}): Stop => ({ code, message, facts })

type Again = Extract<Decision, { kind: 'retry' }>

const untouched = (answer: Answer): Again => ({ ...again(answer), untouched: true })

const again = (answer: Answer): Again => ({
  kind: 'retry',
  why:
    answer.content === 'html'
      ? `an HTML page with status ${answer.status}`
      : `status ${answer.status}${said(answer)}`,
  waitMs: answer.retryAfterMs,
  untouched: false,
})

/** The first that fits. */
const rules: readonly Rule[] = [
  { when: both(success, json), act: () => ({ kind: 'take' }) },
  // What is accepted and forgotten has no body: 202, 204.
  { when: both(success, empty), act: () => ({ kind: 'take' }) },
  { when: success, act: again },
  { when: status(429), act: ({ retryAfterMs: waitMs }) => ({ kind: 'wait', waitMs }) },
  {
    when: both(status(400, 404, 410), aboutRevision),
    act: (answer, { what, revision }) =>
      stop(
        'unserved-revision',
        `Klaviyo does not serve ${what} at revision "${revision}"${said(answer)}. ` +
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
  { when: both(status(403), notJson), act: untouched },
  { when: status(403), act: forbidden },
  { when: status(425), act: untouched },
  { when: status(408), act: again },
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
    when: both(status(400), aboutLink),
    act: (answer, { what }) =>
      stop(
        'link-refused',
        `Klaviyo refused its own link to the next page of ${what} (400)${said(answer)}. ` +
          'What was loaded is kept; run the same command again.',
      ),
  },
  {
    when: both(status(404), json),
    act: (answer, { what }) =>
      stop('source-refused', `Klaviyo does not know what was asked for ${what} (404)${said(answer)}.`),
  },
  {
    when: json,
    act: (answer, { what }) =>
      stop(
        'source-refused',
        `Klaviyo refused the request for ${what} (${answer.status})${said(answer)}. Asking again would not help.`,
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
  const found =
    rule?.act(answer, context) ??
    stop('source-refused', `Klaviyo answered with the unexpected status ${answer.status}.`)
  if ('kind' in found) return found
  const { code, message, facts } = found
  const account = context.account === null ? {} : { account: context.account }
  const about = { ...account, ...context.facts, status: answer.status, ...facts }
  return { kind: 'stop', error: new SluiceError(code, message, { facts: about }) }
}

function forbidden(answer: Answer, { account, verb, what, scopes }: Context): Stop {
  const named = answer.errors.flatMap(
    ({ detail }) => detail.match(/\b[a-z][a-z-]*:(?:read|write|full)\b/g) ?? [],
  )
  const wanted = [...new Set(named.length > 0 ? named : scopes)]
  const missing = wanted.map((scope) => `"${scope}"`).join(', ')
  const denied = answer.errors.some(({ code }) => code === 'permission_denied') || answer.errors.length === 0
  if (denied && missing !== '') {
    return stop(
      'missing-scope',
      `The API key${ofAccount(account)} may not ${verb} ${what}: it needs the scope ${missing}. ` +
        `Make a private key that has it, or leave ${verb === 'read' ? 'the table' : 'this'} out.`,
      { scopes: wanted },
    )
  }
  return stop(
    'missing-scope',
    `The API key${ofAccount(account)} may not ${verb} ${what} (403)${said(answer)}.`,
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
