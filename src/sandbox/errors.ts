import { randomUUID } from 'node:crypto'

/** One entry of Klaviyo's `errors` array, before it gets its id. */
export type Problem = Readonly<{
  status: number
  code: string
  title: string
  detail: string
  source: Readonly<{ pointer: string } | { parameter: string }>
  links?: Readonly<Record<string, string>>
}>

/** A refusal, thrown anywhere below the request handler. Headers are added to the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problems: readonly Problem[]
  readonly headers: Readonly<Record<string, string>>

  constructor(problems: readonly Problem[], headers: Readonly<Record<string, string>> = {}) {
    super(problems.map((problem) => problem.detail).join(' '))
    this.problems = problems
    this.headers = headers
  }

  get status(): number {
    return this.problems[0]?.status ?? 500
  }
}

/** The JSON body: `links` and `meta` are empty lists where there is nothing to say, as recorded from the service. */
export const errorBody = (problems: readonly Problem[]): string =>
  JSON.stringify({
    errors: problems.map(({ status, code, title, detail, source, links }) => ({
      id: randomUUID(),
      status,
      code,
      title,
      detail,
      source,
      links: links ?? {},
      meta: {},
    })),
  })

const invalid = (detail: string, source: Problem['source']): Problem => ({
  status: 400,
  code: 'invalid',
  title: 'Invalid input.',
  detail,
  source,
})

/** 400 about a query parameter. */
export const badParameter = (parameter: string, detail: string): Problem => invalid(detail, { parameter })

/** 400 that points into a document. */
export const badInput = (pointer: string, detail: string): Problem => invalid(detail, { pointer })

/** The text that Klaviyo uses for anything a resource does not know, query parameters included. */
export const unknownField = (parameter: string, field: string, type: string): Problem =>
  badParameter(parameter, `'${field}' is not a valid field for the resource '${type}'.`)

export const notFound = (detail: string): Problem => ({
  status: 404,
  code: 'not_found',
  title: 'Not found.',
  detail,
  source: { pointer: '/data/' },
})

export const wrongKey = (): Problem => ({
  status: 401,
  code: 'authentication_failed',
  title: 'Incorrect authentication credentials.',
  detail: 'Incorrect authentication credentials.',
  source: { pointer: '/data/' },
})

export const noKey = (): Problem => ({
  status: 401,
  code: 'not_authenticated',
  title: 'Authentication credentials were not provided.',
  detail: 'Missing or invalid authorization scheme. Please use Klaviyo-API-Key.',
  source: { pointer: '/data/' },
})

export const denied = (detail: string): Problem => ({
  status: 403,
  code: 'permission_denied',
  title: 'You do not have permission to perform this action.',
  detail,
  source: { pointer: '/data/' },
})

export const wrongMethod = (method: string): Problem => ({
  status: 405,
  code: 'method_not_allowed',
  title: 'Method not allowed.',
  detail: `Method "${method}" not allowed.`,
  source: { pointer: '/data/' },
})

export const throttled = (seconds: number): Problem => ({
  status: 429,
  code: 'throttled',
  title: 'Request was throttled.',
  detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
  source: { pointer: '/data' },
  links: { type: 'https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling#rate-limits' },
})

export const serverError = (status: number): Problem => ({
  status,
  code: 'error',
  title: 'A server error occurred.',
  detail: 'A server error occurred.',
  source: { pointer: '/data/' },
})
