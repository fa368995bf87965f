/** Whoever waits for a destination is told so after this long: another one may hold a lock that it needs. */
const TELL_AFTER_MS = 5_000

/**
 * The same target, of which whatever takes long is told once it does: whether a destination is busy, or waits for
 * somebody who holds a lock, only it knows, and most drivers do not say.
 */
export function telling<T extends object>(told: T, tell: (waitMs: number) => void): T {
  return new Proxy(told, {
    get: (of, name): unknown => {
      const member: unknown = Reflect.get(of, name, of)
      if (typeof member !== 'function') return member
      return (...words: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, of, words)
        if (result instanceof Promise) return waited(result, tell)
        // What is gathered aside, a roll call.
        return typeof result === 'object' && result !== null ? telling(result, tell) : result
      }
    },
  })
}

async function waited(work: Promise<unknown>, tell: (waitMs: number) => void): Promise<unknown> {
  const timer = setTimeout(() => {
    tell(TELL_AFTER_MS)
  }, TELL_AFTER_MS)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
