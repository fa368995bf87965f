import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { SluiceError } from '../../model/errors.ts'

/** A sandbox in a process of its own, so that what is measured is sluice. */
export interface SandboxProcess extends AsyncDisposable {
  readonly url: string
  /** Calls one of the sandbox's control endpoints. */
  control(path: string, body: unknown): Promise<unknown>
}

/** `program`: the path of `sluice` itself. */
export async function startSandboxProcess(
  program: string,
  flags: readonly string[],
): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [program, 'sandbox', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  process.once('exit', stop)
  const url = await firstUrl(child.stdout)
  return {
    url,
    control: async (path, body) => {
      const response = await fetch(`${url}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })
      return response.json()
    },
    [Symbol.asyncDispose]: async () => {
      process.removeListener('exit', stop)
      stop()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function firstUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url !== undefined) {
      output.resume()
      return url
    }
  }
  throw new SluiceError('bug', 'The sandbox ended before it was ready.')
}
