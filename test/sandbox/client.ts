import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts'
import { type Tiny, tinyShop } from './tiny-shop.ts'

/** `2026-11-20T12:00:00Z`: the moment that every test sandbox starts at. */
export const NOW_S = Date.UTC(2026, 10, 20, 12) / 1000

/** A sandbox with a tiny shop, without limits unless asked for. */
export const startTiny = (tiny: Tiny, options: SandboxOptions = {}): Promise<Sandbox> =>
  startSandbox({ startMs: NOW_S * 1000, timeScale: 0, limits: 'off', shop: tinyShop(tiny), ...options })

export type Resource = Readonly<{
  type: string
  id: string
  attributes: Record<string, unknown>
  relationships: Record<string, { data?: unknown; links: unknown }>
  links: { self: string }
}>

export type Body = Readonly<{
  data: Resource[]
  included?: Resource[]
  links: { self: string; next?: string | null; prev?: string | null }
  errors?: readonly {
    id: string
    status: number
    code: string
    detail: string
    source: Record<string, string>
  }[]
}>

export type Answer = Readonly<{ status: number; headers: Headers; body: Body; text: string }>

/** One request with the ordinary headers; `null` leaves a header out. */
export async function get(
  sandbox: Pick<Sandbox, 'url'>,
  path: string,
  headers: Readonly<Record<string, string | null>> = {},
): Promise<Answer> {
  const wanted = { authorization: 'Klaviyo-API-Key pk_test', revision: '2026-07-15', ...headers }
  const sent = Object.entries(wanted).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  )
  const response = await fetch(`${sandbox.url}${path}`, { headers: sent })
  const text = await response.text()
  const bug = response.headers.get('x-sandbox-error')
  if (bug !== null) throw new Error(`${path}: ${bug}`)
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : {}) as Body,
  }
}

/** Follows `next` to the end; links lead to Klaviyo's own origin and are asked of the sandbox. */
export async function all(
  sandbox: Pick<Sandbox, 'url'>,
  path: string,
  headers: Readonly<Record<string, string | null>> = {},
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (let next: string | null | undefined = path; typeof next === 'string';) {
    const answer = await get(sandbox, next.replace(/^https?:\/\/[^/]+/, ''), headers)
    answers.push(answer)
    if (answer.status !== 200) throw new Error(answer.text)
    next = answer.body.links.next
  }
  return answers
}

export const ids = (answers: readonly Answer[]): readonly string[] =>
  answers.flatMap((answer) => answer.body.data.map((resource) => resource.id))
