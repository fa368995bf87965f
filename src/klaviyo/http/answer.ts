import type { Secret } from '../../util/secret.ts'
import { retryAfterMs } from './rate-headers.ts'
import type { Reply } from './transport.ts'

/** One error object of Klaviyo's, as far as it concerns a reader; safe to print. */
export type ApiError = Readonly<{ code: string; title: string; detail: string; source: string }>

/** A reply, reduced to what decides what to do about it. */
export type Answer = Readonly<{
  status: number
  content: 'json' | 'html' | 'other' | 'none'
  errors: readonly ApiError[]
  retryAfterMs: number | null
}>

export function answerOf(reply: Reply, nowMs: number, secret: Secret): Answer {
  const content = contentOf(reply)
  const failed = reply.status >= 400 && content === 'json'
  return {
    status: reply.status,
    content,
    errors: failed ? errorsIn(secret.mask(reply.body.toString('utf8'))) : [],
    retryAfterMs: retryAfterMs(reply.headers['retry-after'], reply.headers['date'], nowMs),
  }
}

function contentOf({ headers, body }: Reply): Answer['content'] {
  if (body.length === 0) return 'none'
  const type = headers['content-type'] ?? ''
  if (/\bjson\b/i.test(type)) return 'json'
  if (/\bhtml\b/i.test(type)) return 'html'
  const start = body.subarray(0, 64).toString('latin1').trimStart()
  if (type === '' && start.startsWith('{')) return 'json'
  return start.startsWith('<') ? 'html' : 'other'
}

function errorsIn(text: string): readonly ApiError[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown }
    return Array.isArray(errors) ? errors.map(apiError) : []
  } catch {
    return [] // the status alone has to do
  }
}

type Fields = Readonly<Record<string, unknown>>

function apiError(value: unknown): ApiError {
  const fields = fieldsOf(value)
  const source = fieldsOf(fields['source'])
  return {
    code: printable(fields['code']),
    title: printable(fields['title']),
    detail: printable(fields['detail']),
    source: printable(source['parameter'] ?? source['pointer']),
  }
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}

/** Words of a server end up on a terminal: no control characters, no novel. */
export const printable = (value: unknown): string =>
  typeof value === 'string'
    ? value
        .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
        .trim()
        .slice(0, 400)
    : ''
