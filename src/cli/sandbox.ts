import { SluiceError } from '../model/errors.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/index.ts'

/** The flags of `sluice sandbox`, parsed. */
export type SandboxCommandOptions = SandboxOptions

/** Starts a sandbox, says how to use it, and runs until the signal aborts. `own`: what calls this program. */
export async function sandboxCommand(
  options: SandboxCommandOptions,
  { signal, own, print }: Readonly<{ signal: AbortSignal; own: string; print: (text: string) => void }>,
): Promise<void> {
  await using sandbox = await start({ port: 8080, ...options })
  print(greeting(sandbox, options, own))
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const why = code === 'EADDRINUSE' ? 'in use' : code === 'EACCES' ? 'not for everybody' : null
    if (why === null) throw cause
    throw new SluiceError(
      'port-taken',
      `Port ${options.port} is ${why}. Choose another with --port, or 0 for any free one.`,
      { cause },
    )
  }
}

function greeting(sandbox: Sandbox, options: SandboxCommandOptions, own: string): string {
  const { profiles = 1_000, events = 10_000, limits = 'real', faults = 'none', accounts = 1 } = options
  const data = `${profiles.toLocaleString('en')} profiles and ${events.toLocaleString('en')} events`
  return [
    `A local Klaviyo is running at ${sandbox.url}`,
    `  data     ${data}${accounts === 1 ? '' : ` in each of ${accounts} accounts`}`,
    `  limits   ${limits}`,
    `  faults   ${faults}`,
    `  keys     ${sandbox.keys.join(', ')}`,
    '',
    'Read it with',
    `  ${own} ingest --source-uri 'klaviyo://?api_key=pk_test&base_url=${sandbox.url}' --source-table events \\`,
    '    --dest-uri duckdb:///shop.duckdb --dest-table klaviyo.events',
    '',
    'New data comes in with',
    `  curl -X POST ${sandbox.url}/sandbox/events -d '{"count": 1000}'`,
    '',
    'Stop with Ctrl-C.',
  ].join('\n')
}
