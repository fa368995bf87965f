import { expect, test } from 'vitest'
import { sandboxCommand } from './sandbox.ts'

test('prints how to use it, runs until told to stop, and is gone then', async () => {
  const stop = new AbortController()
  let running: Promise<void> | undefined
  const printed = await new Promise<string>((resolve) => {
    running = sandboxCommand({ port: 0, accounts: 2, latencyMs: 1 }, stop.signal, { write: resolve })
  })
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? ''
  expect(printed).toContain('pk_test_2')
  expect(printed).toContain(`base_url=${url}'`)
  expect((await fetch(`${url}/sandbox`)).status).toBe(200)
  stop.abort()
  await running
  await expect(fetch(`${url}/sandbox`)).rejects.toThrow('fetch failed')
})
