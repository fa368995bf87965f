import type { IncomingMessage, ServerResponse } from 'node:http'
import { Changes } from './changes.ts'
import { type SandboxClock, sandboxClock } from './clock.ts'
import { control } from './control.ts'
import { deliver } from './deliver.ts'
import { type Fault, type FaultLevel, faultPlan } from './faults.ts'
import { defaultKeys, type Key } from './keys.ts'
import { OutOfRange } from './out-of-range.ts'
import { ADDRESS, portOf, serve } from './server.ts'
import { Service } from './service.ts'
import { buildShop, type Shop, type ShopOptions } from './shop/shop.ts'
import { type SandboxStats, StatsBook } from './stats.ts'
import { Store } from './store/store.ts'
import { type TruthOptions, truthOf } from './truth.ts'
import { unknownAttributes } from './unknown.ts'

/** What a hook is told about a request. */
export type RequestInfo = Readonly<{
  /** Klaviyo's own name of it: `get_events`. */
  operation: string
  /** Null: the key is not known. */
  account: number | null
  url: URL
  /** The how-manieth of this operation it is, from 1. */
  nth: number
}>

export type SandboxOptions = Readonly<{
  /** 0 (default): any free one. The address is always 127.0.0.1. */
  port?: number
  /** Same seed, same data. Default 1. */
  seed?: number
  /** Per account. Defaults 1,000 and 10,000. */
  profiles?: number
  events?: number
  accounts?: number
  /** Wall time before each answer; evenly spread over `meanMs` ± `jitterMs`. */
  latencyMs?: number | Readonly<{ meanMs: number; jitterMs: number }>
  limits?: 'real' | 'off'
  faults?: FaultLevel
  /** Compress answers for clients that take gzip. Default off: it costs more than it saves on loopback. */
  gzip?: boolean
  /** The origin that links carry: Klaviyo's own (default), as its SDK wants, or the sandbox's. */
  linkOrigin?: 'klaviyo' | 'self'
  /** When the shop's history ends and the clock starts. Default: the wall's time. */
  startMs?: number
  /** Sandbox seconds per wall second. */
  timeScale?: number
  clock?: SandboxClock
  /** Keys besides the default ones. */
  keys?: Readonly<Record<string, Key>>
  /** Adds attributes that Klaviyo's spec does not know: `true` for a few, or those given by resource type. */
  unknownAttributes?: boolean | Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Serve revisions whose two years are over. Default false. */
  serveRetired?: boolean
  /** Asked at every API request; a fault that it returns befalls the answer. */
  onRequest?: (info: RequestInfo) => Fault | null | undefined | Promise<Fault | null | undefined>
  /** Instead of the believable shop. */
  shop?: (options: ShopOptions) => Shop
}>

/** A running sandbox, and everything a test may do with it. */
export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:4242` */
  readonly url: string
  readonly port: number
  readonly clock: SandboxClock
  readonly keys: readonly string[]
  stats(): SandboxStats
  resetStats(): void
  /** Changes the data of an account (1 unless given) while it is served. */
  changes(account?: number): Changes
  shop(account?: number): Shop
  /** Every visible row of a table or resource type as the JSON text that its list endpoint would send. */
  truth(table: string, options?: TruthOptions): Iterable<string>
  /** Faults for the next requests of an operation, in order; after them all is well again. */
  script(operation: string, faults: readonly (Fault | null)[]): void
  /** Runs once, right after the n-th request of an operation was answered (n counts from now on, from 1). */
  after(operation: string, n: number, run: () => void): void
  close(): Promise<void>
}

/** Starts a sandbox on loopback. Shops are built when their account is first asked for anything. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    seed = 1,
    profiles = 1_000,
    events = 10_000,
    accounts = 1,
    limits = 'real',
    faults = 'none',
  } = options
  const clock =
    options.clock ??
    sandboxClock({
      ...(options.startMs === undefined ? {} : { startMs: options.startMs }),
      ...(options.timeScale === undefined ? {} : { scale: options.timeScale }),
    })
  const bornMs = clock.now()
  const keys = new Map([...defaultKeys(accounts), ...Object.entries(options.keys ?? {})])
  const build = options.shop ?? buildShop
  const stores = new Map<number, Readonly<{ store: Store; changes: Changes }>>()
  const numbers = new Set([...keys.values()].map((key) => key.account))
  const account = (number = 1): Readonly<{ store: Store; changes: Changes }> => {
    const known = stores.get(number)
    if (known !== undefined) return known
    if (!numbers.has(number)) throw new OutOfRange(`The sandbox has no account ${number}.`)
    const store = new Store(build({ seed, profiles, events, account: number, nowMs: bornMs }))
    const created = { store, changes: new Changes(store, clock.now, seed) }
    stores.set(number, created)
    return created
  }

  let url = ''
  const service = new Service({
    clock,
    limited: limits === 'real',
    keys,
    linkOrigin: () => (options.linkOrigin === 'self' ? url : 'https://a.klaviyo.com'),
    extra: unknownAttributes(options.unknownAttributes ?? false),
    serveRetired: options.serveRetired ?? false,
    store: (number) => account(number).store,
  })
  const book = new StatsBook()
  const plan = faultPlan(faults, seed)
  const scripts = new Map<string, (Fault | null)[]>()
  const afters: { operation: string; left: number; run: () => void }[] = []
  const counts = new Map<string, number>()
  let requests = 0

  const sandbox: Sandbox = {
    get url() {
      return url
    },
    get port() {
      return portOf(server)
    },
    clock,
    keys: [...keys.keys()],
    stats: () => book.read(),
    resetStats: () => book.reset(),
    changes: (number) => account(number).changes,
    shop: (number) => account(number).store.shop,
    truth: (table, { account: number, additionalFields = [] } = {}) =>
      truthOf(account(number).store, table, {
        operations: service.spec.operations,
        settings: service.settings,
        revision: service.spec.revision,
        nowMs: clock.now(),
        additionalFields,
      }),
    script: (operation, planned) => {
      scripts.set(operation, [...(scripts.get(operation) ?? []), ...planned])
    },
    after: (operation, n, run) => {
      afters.push({ operation, left: n, run })
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }

  async function api(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const operation = service.route(target)?.operation.id ?? 'unknown'
    const end = book.begin(operation)
    try {
      end(await respond(operation, request, response, target))
    } catch (error) {
      end({ status: 500, rows: 0, bytes: 0 })
      throw error
    }
    for (const after of afters.filter((each) => each.operation === operation && each.left > 0)) {
      after.left -= 1
      if (after.left === 0) after.run()
    }
  }

  async function respond(
    operation: string,
    request: IncomingMessage,
    response: ServerResponse,
    target: URL,
  ): Promise<Readonly<{ status: number; rows: number; bytes: number }>> {
    const nth = (counts.get(operation) ?? 0) + 1
    counts.set(operation, nth)
    requests += 1
    const isCostly = /predictive_analytics/.test(target.search)
    const info = { operation, account: service.accountOf(request.headers), url: target, nth }
    const scripted = scripts.get(operation)?.shift()
    const hooked = scripted === undefined ? await options.onRequest?.(info) : scripted
    const fault = hooked ?? (scripted === undefined ? plan(requests, isCostly) : null)

    const ready = service.handle(
      { method: request.method ?? 'GET', url: target, headers: request.headers },
      fault,
    )
    const delayMs = latency(options.latencyMs)
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    const gzip = options.gzip === true && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    response.setHeader('date', new Date(clock.now()).toUTCString())
    const bytes = await deliver(response, ready, { fault, gzip })
    const isLost = fault?.kind === 'reset' || fault?.kind === 'hang' || fault?.kind === 'truncated'
    return { status: isLost ? 0 : ready.status, rows: ready.rows, bytes }
  }

  const server = await serve(options.port ?? 0, (request, response, target) => {
    const isControl = target.pathname === '/sandbox' || target.pathname.startsWith('/sandbox/')
    return isControl ? control(sandbox, request, response, target) : api(request, response, target)
  })
  url = `http://${ADDRESS}:${sandbox.port}`
  return sandbox
}

function latency(wanted: SandboxOptions['latencyMs']): number {
  if (wanted === undefined || typeof wanted === 'number') return wanted ?? 0
  return Math.max(0, wanted.meanMs + (Math.random() * 2 - 1) * wanted.jitterMs)
}
