import type { IncomingMessage } from 'node:http'

/** The body of a control request: an object, nothing else known of it. */
export type Input = Readonly<Record<string, unknown>>

/** A control request that cannot be done as it stands; `message` says why. */
export class BadInput extends Error {
  override readonly name = 'BadInput'
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

const MAX_BODY_BYTES = 4 << 20
/** Klaviyo takes ten levels; writing a row that is nested thousands deep would overflow the stack at each read. */
const MAX_DEPTH = 50

/** Reads the body as JSON; none is an empty object. Throws `BadInput`. */
export async function readInput(request: IncomingMessage): Promise<Input> {
  const parts: Buffer[] = []
  let bytes = 0
  // Ending the loop early must not destroy the socket: the refusal has still to go out over it.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += (part as Buffer).length
    if (bytes > MAX_BODY_BYTES) throw new BadInput(`The body is longer than ${MAX_BODY_BYTES} bytes.`, 413)
    parts.push(part as Buffer)
  }
  if (bytes === 0) return {}
  const value = parse(Buffer.concat(parts).toString('utf8'))
  if (!isObject(value)) throw new BadInput('The body must be a JSON object.')
  if (isDeeper(value, MAX_DEPTH)) throw new BadInput(`The body is nested more than ${MAX_DEPTH} levels deep.`)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadInput('The body is no JSON.')
  }
}

const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)))

/** A whole number in a range; without `otherwise` it must be given. */
export function whole(
  input: Input,
  name: string,
  range: Readonly<{ min: number; max: number; otherwise?: number }>,
): number {
  const value = input[name] ?? range.otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) {
    return value
  }
  throw new BadInput(`"${name}" must be a whole number from ${range.min} to ${range.max}.`)
}

export function text(input: Input, name: string): string {
  const value = input[name]
  if (typeof value !== 'string') throw new BadInput(`"${name}" must be a text.`)
  return value
}

export function texts(input: Input, name: string): readonly string[] {
  const value = input[name]
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw new BadInput(`"${name}" must be a list of texts.`)
  }
  return value
}

export function object(input: Input, name: string): Input {
  const value = input[name]
  if (!isObject(value)) throw new BadInput(`"${name}" must be an object.`)
  return value
}
