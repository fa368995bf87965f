import type { SandboxClock } from './clock.ts'
import { exists } from './differences.ts'
import { JSON_API, type Reply, reply, replacement } from './deliver.ts'
import { errorBody, notFound, Refusal, throttled, wrongMethod } from './errors.ts'
import type { Fault } from './faults.ts'
import { authenticate, authorize, type Key } from './keys.ts'
import { Limiter } from './limiter.ts'
import { readQuery } from './query.ts'
import { answer } from './respond/answer.ts'
import { BodyWriter } from './respond/body.ts'
import { costlyAttributes, type AnswerSettings } from './respond/format.ts'
import { checkRevision } from './revisions.ts'
import { buildRoutes, type Route } from './routes.ts'
import { readSpec } from './spec.ts'
import type { Store } from './store/store.ts'
import { withoutSlashes } from './target.ts'

/** A request as far as the API looks at it. */
export type ApiRequest = Readonly<{
  method: string
  /** Path and query as received. */
  url: URL
  headers: Readonly<Record<string, string | string[] | undefined>>
}>

export type ServiceOptions = Readonly<{
  clock: SandboxClock
  limited: boolean
  keys: ReadonlyMap<string, Key>
  /** Start of links. */
  linkOrigin: () => string
  /** Attributes that the spec does not know, by resource type. */
  extra: (type: string) => Readonly<Record<string, unknown>>
  serveRetired: boolean
  store: (account: number) => Store
}>

/** Klaviyo's API without its sockets: a request in, a reply out. */
export class Service {
  readonly spec = readSpec()
  readonly #options: ServiceOptions
  readonly #routes = buildRoutes(this.spec.operations)
  readonly #costly = costlyAttributes(this.spec.operations)
  readonly #limiter: Limiter
  readonly #writer = new BodyWriter()

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#limiter = new Limiter(options.clock.now)
  }

  route(url: URL): Route | null {
    return this.#routes.find(url.pathname)
  }

  get settings(): AnswerSettings {
    const { linkOrigin, extra } = this.#options
    return { routes: this.#routes, linkOrigin: linkOrigin(), extra, costly: this.#costly }
  }

  /** The account whose key a request carries; null where it carries none that is known. */
  accountOf(headers: ApiRequest['headers']): number | null {
    try {
      return authenticate(one(headers['authorization']), this.#options.keys).account
    } catch {
      return null
    }
  }

  /** Answers as Klaviyo would. A fault that spoils the page itself is worked in here. */
  handle({ method, url, headers }: ApiRequest, fault: Fault | null): Reply {
    let limitHeaders: Readonly<Record<string, string>> = {}
    try {
      const route = this.route(url)
      if (route === null) throw new Refusal([notFound('The requested resource could not be found.')])
      const { operation } = route
      const key = authenticate(one(headers['authorization']), this.#options.keys)
      const nowMs = this.#options.clock.now()
      const revision = (one(headers['revision']) ?? '').replace(/\.pre$/, '')
      const problem = checkRevision(revision, nowMs, this.#options.serveRetired)
      if (problem !== null) throw new Refusal([problem])
      if (!exists(operation, revision)) throw new Refusal([notFound('No valid revisions found for method')])
      if (method !== 'GET') throw new Refusal([wrongMethod(method)])
      limitHeaders = this.#admit(key.account, route, url.searchParams)
      authorize(key, operation)
      const spoiled = fault === null ? null : replacement(fault)
      if (spoiled !== null) return { ...spoiled, headers: { ...limitHeaders, ...spoiled.headers } }

      const path = withoutSlashes(url.pathname)
      const parameters = url.searchParams
      const query = readQuery(parameters, path, { operation, revision, account: String(key.account), nowMs })
      const store = this.#options.store(key.account)
      const context = { route, revision, path, parameters, store, nowMs, settings: this.settings }
      const size =
        fault?.kind === 'empty page'
          ? 0
          : fault?.kind === 'short page'
            ? Math.ceil(query.size * fault.share)
            : null
      const { body, rows } = answer({
        ...context,
        query: size === null || operation.paging === null ? query : { ...query, size },
        writer: this.#writer,
      })
      return { status: 200, headers: { 'content-type': JSON_API, ...limitHeaders }, body, rows }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return reply(error.status, errorBody(error.problems), { ...limitHeaders, ...error.headers })
    }
  }

  #admit(
    account: number,
    { operation }: Route,
    parameters: URLSearchParams,
  ): Readonly<Record<string, string>> {
    if (!this.#options.limited) return {}
    const verdict = this.#limiter.admit(account, operation, parameters)
    if (verdict.allowed) return verdict.headers
    const seconds = verdict.retryAfterSeconds
    throw new Refusal([throttled(seconds)], { 'retry-after': String(seconds) })
  }
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value
