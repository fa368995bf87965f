import { expect, test } from 'vitest'
import { abortReason, onAbort, throwIfAborted } from './abort.ts'

test('the reason is always an error', () => {
  expect(abortReason(AbortSignal.abort(new Error('stop'))).message).toBe('stop')
  expect(abortReason(AbortSignal.abort('a word'))).toMatchObject({ message: 'aborted', cause: 'a word' })
  expect(() => throwIfAborted(AbortSignal.abort(new Error('stop')))).toThrow('stop')
  throwIfAborted(new AbortController().signal)
})

test('a listener is called once, and not after it was disposed of', () => {
  const stop = new AbortController()
  const called: string[] = []
  onAbort(stop.signal, () => called.push('kept'))
  onAbort(stop.signal, () => called.push('dropped'))[Symbol.dispose]()
  stop.abort()
  onAbort(stop.signal, () => called.push('late'))
  expect(called).toEqual(['kept', 'late'])
})

test('a hundred listeners raise no warning', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): number => warnings.push(warning)
  process.on('warning', note)
  const stop = new AbortController()
  for (let count = 0; count < 100; count += 1) onAbort(stop.signal, () => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', note)
  expect(warnings).toEqual([])
})
