import { expect, test } from 'vitest'
import { SluiceError } from '../model/errors.ts'
import type { Listener, RunEvent } from '../model/run-event.ts'
import { emitter } from './emit.ts'

function emitting(listener: Listener) {
  const broken: unknown[] = []
  const emit = emitter({
    listener,
    run: 'run-1',
    command: 'ingest',
    account: null,
    now: () => 5,
    redact: (text) => text.replaceAll('hidden', '***'),
    onBroken: (error) => {
      broken.push(error)
    },
  })
  return { emit, broken }
}

test('every event gets its envelope; the account is in it once it is known', () => {
  const heard: RunEvent[] = []
  const { emit } = emitting((event) => heard.push(event))
  emit({ type: 'limited', table: 'accounts', waitMs: 1, reason: 'status 429' })
  emit({ type: 'run started', account: 'shop', tables: ['events'] })
  emit({ type: 'table planned', table: 'events', plan: { kind: 'snapshot' } })
  expect(heard.map(({ run, command, account, at }) => ({ run, command, account, at }))).toEqual([
    { run: 'run-1', command: 'ingest', account: null, at: 5 },
    { run: 'run-1', command: 'ingest', account: 'shop', at: 5 },
    { run: 'run-1', command: 'ingest', account: 'shop', at: 5 },
  ])
})

test('no text of an event holds a secret, and none of its error', () => {
  const heard: RunEvent[] = []
  const { emit } = emitting((event) => heard.push(event))
  const error = new SluiceError('source-failing', 'hidden', {
    cause: new Error('hidden'),
    facts: { table: 'hidden' },
  })
  emit({ type: 'table failed', table: 'events', error })
  emit({ type: 'columns added', table: 'events', columns: ['hidden'] })
  const [failed] = heard
  if (failed?.type !== 'table failed') throw new Error('no such event')
  const { cause } = failed.error
  expect(`${failed.error.stack} ${cause instanceof Error ? cause.stack : ''}`).not.toContain('hidden')
  expect(JSON.stringify(heard)).not.toContain('hidden')
  expect(failed.error).toMatchObject({ code: 'source-failing', fault: 'source', message: '***' })
})

test('a listener that throws or rejects harms nobody, and is told of once', async () => {
  const { emit, broken } = emitting((event) => {
    if (event.type === 'columns added') throw new Error('thrown')
    return Promise.reject(new Error('rejected'))
  })
  emit({ type: 'columns added', table: 'events', columns: [] })
  emit({ type: 'columns added', table: 'events', columns: [] })
  emit({ type: 'table planned', table: 'events', plan: { kind: 'snapshot' } })
  await new Promise((resolve) => setImmediate(resolve))
  expect(broken).toEqual([new Error('thrown')])
})
