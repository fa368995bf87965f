import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'

/** `sluice sandbox` as a process of its own: what ends it ends no test. */
export interface SandboxProcess extends AsyncDisposable {
  readonly port: number
  isAlive(): boolean
}

export async function startProcess(
  flags: readonly string[] = [],
  node: readonly string[] = [],
): Promise<SandboxProcess> {
  const size = ['--profiles', '200', '--events', '2000', '--accounts', '2', '--limits', 'off']
  const child = spawn(
    process.execPath,
    [...node, 'dist/bin.js', 'sandbox', '--port', '0', ...size, ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  let port = 0
  for await (const line of createInterface({ input: child.stdout })) {
    port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0)
    if (port > 0) break
  }
  child.stdout.resume()
  if (port === 0) throw new Error(`The sandbox did not start: ${complaint}`)
  return {
    port,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** The process is there, answers ordinary requests in full, and its clock shows the time of the wall. */
export async function expectSane(sandbox: SandboxProcess): Promise<void> {
  const ask = async (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${sandbox.port}${path}`, {
      headers: { authorization: 'Klaviyo-API-Key pk_test', revision: '2026-07-15' },
    })
  const asked = ['/api/lists?page[size]=2', '/api/events?page[size]=2&sort=datetime', '/sandbox/now'].map(ask)
  const answers = await Promise.all(asked).catch(() => [])
  expect(sandbox.isAlive(), 'the process is alive').toBe(true)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  const bodies = await Promise.all(answers.map((answer) => answer.json()))
  for (const body of bodies.slice(0, 2)) {
    const { data, links } = body as { data: readonly unknown[]; links: { next: unknown } }
    expect([data.length, typeof links.next]).toEqual([2, 'string'])
  }
  const { nowMs } = bodies[2] as { nowMs: number }
  expect(Math.abs(nowMs - Date.now()), 'the clock is off by').toBeLessThan(60_000)
}
