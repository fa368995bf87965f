import type { Frame } from './frame.ts'

/** What a command may do to the outside. */
export type Terminal = Readonly<{
  /** Results: stdout. */
  print: (line: string) => void
  /** Everything about how it goes: stderr. */
  tell: (line: string) => void
  /** Whether a person watches: stderr is a terminal, and this is no CI. */
  isInteractive: boolean
  /** Of the terminal as it is at this moment. */
  size: () => Readonly<{ columns: number; rows: number }>
  /** Lines at the bottom that are painted over and over; whatever is printed and told meanwhile goes above. */
  openFrame: () => Promise<Frame>
}>

/** The terminal, pipes or files that this process was started with. */
export function processTerminal({
  stdout,
  stderr,
}: Readonly<{ stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }> = process): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', passOverClosedPipe)
  let frame: Frame | null = null
  const isInteractive = stderr.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb'
  return {
    print: (line) => {
      const write = (): void => void stdout.write(`${line}\n`)
      if (frame !== null && stdout.isTTY) frame.above(write)
      else write()
    },
    tell: (line) => {
      const write = (): void => void stderr.write(`${line}\n`)
      if (frame === null) write()
      else frame.above(write)
    },
    isInteractive,
    size: () => ({ columns: stderr.columns ?? 100, rows: stderr.rows ?? 24 }),
    openFrame: async () => {
      const { openFrame } = await import('./frame.ts')
      const opened = openFrame(stderr)
      frame = opened
      return {
        ...opened,
        close: () => {
          frame = null
          opened.close()
        },
      }
    },
  }
}

/**
 * Whoever read the output has seen enough (`sluice tables | head -1`). That is no reason to stop a load half-way:
 * the rest is said to nobody.
 */
function passOverClosedPipe(error: Error): void {
  if (!('code' in error && error.code === 'EPIPE')) throw error
}
